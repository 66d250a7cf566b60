import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { shellExport } from "../../src/osinfo/shell.ts";
import { known, targets } from "../osinfo/linked.ts";

it.each(targets.map(({ id }) => id))("the script of %s is one for a POSIX shell, by shellcheck", id => {
  const script = shellExport(known(id), "amd64") ?? "";
  expect(script).toMatch(/^#!\/bin\/sh\n/);
  const { stdout, status } = spawnSync("shellcheck", ["--shell", "sh", "--severity", "style", "-"], {
    input: script,
    encoding: "utf8",
  });
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
});
