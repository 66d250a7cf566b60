import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../../src/commands/program.ts";
import { folder } from "../images/folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const cell = join("amd64", "qemu-distro-kernel");

beforeEach(() => vi.stubGlobal("BUILD", { version: "0.1.0", commit: "test" }));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function judge(...argv: readonly string[]) {
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    vi.spyOn(process[name], "write").mockImplementation(text => {
      said[name] += text;
      return true;
    });
  const code = await main(["judge", ...argv], root);
  vi.restoreAllMocks();
  return { code, ...said };
}

/** The results of a real run, to do something to. */
async function results(name = "debian-13-vm"): Promise<string> {
  const path = join(await folder(), name);
  cpSync(join(root, "test", "replay", name), path, { recursive: true });
  return path;
}

function edit(path: string, from: string, to: string): void {
  const text = readFileSync(path, "utf8");
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

describe("judging again", () => {
  it("says that nothing was touched", async () => {
    const path = await results();
    const { code, stdout, stderr } = await judge(path);
    expect(code).toBe(0);
    expect(stdout).toContain("provisional");
    expect(stderr).toBe(`${path}/verdict.json: identical\n`);
  });

  it("names what differs in an edited verdict", async () => {
    const path = await results();
    edit(join(path, "verdict.json"), '"standing": "provisional"', '"standing": "supported"');
    const { code, stdout, stderr } = await judge(path);
    expect(code).toBe(1);
    expect(stdout).toContain("provisional");
    expect(stderr).toBe(`${path}/verdict.json: DIFFERS from what the evidence says: cells.0.standing\n`);
    writeFileSync(join(path, "verdict.json"), `${readFileSync(join(root, "test/replay/debian-13-vm/verdict.json"))} `);
    expect(await judge(path)).toMatchObject({ code: 1, stderr: expect.stringContaining("only in its form") });
  });

  it("names what differs in an edited evidence.json, and judges by the journal", async () => {
    const path = await results();
    edit(join(path, cell, "evidence.json"), '"acceleration": "kvm-emulated"', '"acceleration": "kvm"');
    const { code, stdout, stderr } = await judge(path);
    expect(code).toBe(1);
    expect(stdout).toContain("provisional");
    expect(stderr).toContain(
      `${join(path, cell)}: evidence.json DIFFERS from what the journal amounts to, which counts: facts.acceleration\n`,
    );
  });

  it("could not tell without the journal", async () => {
    const path = await results();
    rmSync(join(path, cell, "journal.ndjson"));
    const { code, stderr } = await judge(path);
    expect(code).toBe(3);
    expect(stderr).toContain(`${join(path, cell)}: there is no journal.ndjson that would vouch for evidence.json\n`);
  });

  it("is not kept from the others by one that nobody can read, which is named", async () => {
    const [broken, well, failed] = [await results(), await results(), await results("debian-12-backports-contract")];
    edit(join(broken, cell, "journal.ndjson"), '"seq":7', '"seq":8');
    const { code, stdout, stderr } = await judge(broken, "/nonexistent", well);
    expect(code).toBe(2);
    expect(stdout).toContain("debian-13");
    expect(stderr).toContain(`kata-verify: ${join(broken, cell, "journal.ndjson")} cannot be used: line 7: seq is 8`);
    expect(stderr).toContain("/nonexistent cannot be read: ENOENT");
    expect(stderr).toContain(`${well}/verdict.json: identical\n`);
    expect((await judge(broken, failed)).code).toBe(1);
    expect((await judge(broken, "--json")).stdout).toBe("");
  });

  it("is not kept from the other targets of a folder either", async () => {
    const out = await folder();
    for (const name of ["debian-12-container", "debian-13-vm"])
      cpSync(await results(name), join(out, name), { recursive: true });
    appendFileSync(join(out, "debian-12-container", cell, "journal.ndjson"), "{}\n");
    const { code, stderr } = await judge(out);
    expect(code).toBe(2);
    expect(stderr).toContain("debian-12-container");
    expect(stderr).toContain("debian-13-vm/verdict.json: identical\n");
  });

  it("says its exit codes in its help", async () => {
    const { code, stdout } = await judge("--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/Exit code: .*\n {2}1 .*differs.*\n {2}2 .*\n {2}3 .*without its journal/);
  });
});
