import { execFile } from "node:child_process";
import { chmod, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Command, Seen } from "../../src/model/command.ts";
import { packageManagers } from "../../src/packages/index.ts";

const { apt, dnf } = packageManagers;
const path = "/usr/bin/env";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kata-verify-scripts-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
}

const real = (name: string) => symlink(`/usr/bin/${name}`, join(folder, name));

/** Finds the programs of the folder and no others. */
const ran = ({ argv: [, ...rest] }: Command): Promise<Seen> =>
  new Promise(resolve => {
    execFile("/bin/sh", rest, { env: { PATH: folder } }, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : 0;
      resolve({ argv: [], ending: { kind: "exited", code }, stdout, stderr, durationMs: 1 });
    });
  });

const database = `for it; do :; done; case $it in */env) echo nobody has it >&2; exit 1 ;; esac; echo "package: $it"`;

describe.each([
  ["dpkg-query", apt],
  ["rpm", dnf],
] as const)("whose a file is, by %s", (name, manager) => {
  it("is nobody's where the database says so", async () => {
    await real("readlink");
    await program(name, database);
    const seen = await ran(manager.owners([path]));
    expect([...manager.readOwners(seen)]).toEqual([[path, null]]);
    expect(seen.ending).toEqual({ kind: "exited", code: 0 });
  });

  it.each([
    ["the program is absent", undefined],
    ["the program breaks", "exit 127"],
    ["the database is empty", "exit 1"],
  ])("cannot be told where %s", async (_, script) => {
    await real("readlink");
    if (script !== undefined) await program(name, script);
    const seen = await ran(manager.owners([path]));
    expect(manager.readOwners(seen).has(path)).toBe(false);
    expect(seen.ending).not.toEqual({ kind: "exited", code: 0 });
  });

  it("cannot be told where links cannot be followed", async () => {
    await program(name, database);
    expect(manager.readOwners(await ran(manager.owners([path]))).has(path)).toBe(false);
  });
});

describe("whether dpkg's files are as installed", () => {
  const diverted = "diversion of /usr/bin/env to /usr/bin/env.distrib by other";
  beforeEach(async () => {
    await real("xargs");
    await program("dpkg-query", "echo /usr/bin/env");
    await program("dpkg", "echo '??5?????? c /etc/some'; exit 1");
    await program("dpkg-divert", `echo '${diverted}'`);
  });

  it("looks for diversions where another file differs", async () => {
    expect(apt.readVerify(await ran(apt.verify("package")))).toEqual(["/etc/some", path]);
  });

  it("cannot tell where dpkg did not compare, diverted or not", async () => {
    await program("dpkg", "echo no such package >&2; exit 1");
    expect(apt.readVerify(await ran(apt.verify("package")))).toBeNull();
  });

  it.each(["xargs", "dpkg-divert"])("cannot tell without %s", async name => {
    await rm(join(folder, name));
    expect(apt.readVerify(await ran(apt.verify("package")))).toBeNull();
  });
});
