import { execFileSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noteLogs, readLogs } from "../../src/kata/logs.ts";
import type { Step } from "../../src/model/command.ts";

const place = { name: "kata" as const, folder: "" };
beforeEach(() => {
  place.folder = mkdtempSync(join(tmpdir(), "kata-verify-logs-"));
});
afterEach(() => rmSync(place.folder, { recursive: true, force: true }));

const log = (name: string) => join(place.folder, `${name}.log`);

/** Runs a step's script here, with this folder's logs. */
function run({ command }: Step): string {
  const [file = "", ...rest] = command.argv;
  const here = rest.map(argument => argument.replace(/^\/run\/kata-verify\/(\w+)\.log$/, join(place.folder, "$1.log")));
  return execFileSync(file, here, { encoding: "utf8" });
}

const readBoth = () => Object.fromEntries(readLogs(place).map(step => [step.id, run(step)]));

describe("the logs of a lane", () => {
  it("are what came since it began, the guest's console apart from the rest", () => {
    writeFileSync(log("system"), 'level=info msg=before\nvmconsole="of another guest"\n');
    expect(run(noteLogs(place))).toBe(`${log("system")} 51\n${log("containerd")} 0\n`);
    appendFileSync(log("system"), 'kata: level=info msg=one\nkata: level=debug msg=two\nkata: vmconsole="three"\n');
    writeFileSync(log("containerd"), 'level=warning msg=four\nkata: vm console: "five"\n');
    expect(readBoth()).toEqual({
      "kata.log": "kata: level=info msg=one\nlevel=warning msg=four\n",
      "kata.console": 'kata: vmconsole="three"\nkata: vm console: "five"\n',
    });
  });

  it("are read whole where they were cut since, and nothing where there are none", () => {
    writeFileSync(log("system"), "a long line that was there before\n");
    run(noteLogs(place));
    writeFileSync(log("system"), "short\n");
    expect(readBoth()).toEqual({ "kata.log": "short\n", "kata.console": "" });
    rmSync(log("system"));
    expect(readBoth()).toEqual({ "kata.log": "", "kata.console": "" });
  });
});
