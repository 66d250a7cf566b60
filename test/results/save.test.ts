import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Evidence } from "../../src/model/evidence.ts";
import { clearTarget } from "../../src/results/clear.ts";
import { cellFolder, logFile, targetFolder } from "../../src/results/folders.ts";
import { replaceFile } from "../../src/results/replace.ts";
import { saveCell, saveVerdict } from "../../src/results/save.ts";
import { evidence, exited } from "../judge/evidence.ts";
import { verdict } from "../reporters/verdicts.ts";
import { folder } from "./built.ts";

const dir = folder("save");
afterAll(() => rmSync(dir, { recursive: true }));

const seen: Evidence = evidence({
  steps: {
    "guest.console": { ...exited("\u001b[31mLinux version 6.12\u001b[0m\r\n\u0000"), stderr: "oops" },
    "qemu.device-help": exited("x".repeat(2_000_000)),
  },
  facts: {
    packages: [{ name: "qemu-system-x86", version: "1", arch: "amd64", repository: { name: "Debian", own: true } }],
  },
});

const tree = (root: string): string[] => readdirSync(root, { recursive: true }).map(String).sort();

describe("results on disk", () => {
  it("lie where the design says", async () => {
    const out = join(dir, "layout");
    const cell = await saveCell(out, seen);
    expect(cell).toBe(join(out, "debian-13/amd64/qemu-distro-kernel"));
    const paths = await saveVerdict(out, verdict());
    expect(paths.map(path => path.slice(out.length))).toEqual([
      "/debian-13/verdict.json",
      "/debian-13/junit.xml",
      "/debian-13/summary.md",
    ]);
    expect(tree(out)).toEqual([
      "debian-13",
      "debian-13/amd64",
      "debian-13/amd64/qemu-distro-kernel",
      "debian-13/amd64/qemu-distro-kernel/evidence.json",
      "debian-13/amd64/qemu-distro-kernel/logs",
      "debian-13/amd64/qemu-distro-kernel/logs/guest-console.log",
      "debian-13/amd64/qemu-distro-kernel/logs/qemu-device-help.log",
      "debian-13/amd64/qemu-distro-kernel/manifest.json",
      "debian-13/junit.xml",
      "debian-13/summary.md",
      "debian-13/verdict.json",
    ]);
    const log = readFileSync(join(cell, "logs/guest-console.log"), "utf8");
    expect(log).toBe("$ true\nexited 0, 10 ms\n\n--- stdout ---\nLinux version 6.12\n\n--- stderr ---\noops\n");
    expect(readFileSync(join(cell, "logs/qemu-device-help.log"), "utf8").length).toBeLessThan(300_000);
    expect(JSON.parse(readFileSync(join(cell, "manifest.json"), "utf8"))).toMatchObject({
      target: "debian-13",
      packages: [{ name: "qemu-system-x86" }],
    });
  });

  it("take no name that leads out of the folder", () => {
    for (const name of ["..", ".", "", "a/b", "/etc", "-rf", ".hidden", "a\u0000b", "x".repeat(200)])
      expect(() => targetFolder(dir, name)).toThrow("Not a name");
    expect(() => cellFolder(dir, { target: "debian-13", arch: "amd64", scenario: "../.." })).toThrow("Not a name");
    expect(logFile("../../etc/passwd")).toBe(join("logs", "-etc-passwd.log"));
  });

  it("are replaced whole, and a link is replaced, not followed", async () => {
    const victim = join(dir, "victim");
    writeFileSync(victim, "mine");
    symlinkSync(victim, join(dir, "linked"));
    await replaceFile(join(dir, "linked"), "new");
    expect(readFileSync(victim, "utf8")).toBe("mine");
    expect(lstatSync(join(dir, "linked")).isFile()).toBe(true);
    mkdirSync(join(dir, "taken", "inner"), { recursive: true });
    await expect(replaceFile(join(dir, "taken"), "new")).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
    expect(readdirSync(dir).filter(name => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("clearing a target", () => {
  it("removes what earlier runs wrote, half-written files too, and nothing else", async () => {
    const out = join(dir, "clear");
    const cell = await saveCell(out, seen);
    await saveVerdict(out, verdict());
    writeFileSync(join(cell, "journal.ndjson"), "");
    writeFileSync(join(cell, "journal.ndjson.tmp"), "");
    writeFileSync(join(cell, "evidence.json.01234567.tmp"), "");
    writeFileSync(join(out, "debian-13", "notes.txt"), "mine");
    await saveCell(out, evidence({ cell: { ...seen.cell, arch: "arm64" } }));
    writeFileSync(join(out, "debian-13/arm64/qemu-distro-kernel", "mine.log"), "mine");
    const elsewhere = join(dir, "elsewhere");
    mkdirSync(join(elsewhere, "s"), { recursive: true });
    writeFileSync(join(elsewhere, "s", "evidence.json"), "mine");
    symlinkSync(elsewhere, join(out, "debian-13", "link"));
    await saveVerdict(out, verdict());
    await clearTarget(out, "debian-13", "amd64");
    expect(tree(out).filter(path => path.startsWith("debian-13/arm64/qemu-distro-kernel/"))).toEqual(
      ["evidence.json", "manifest.json", "mine.log"].map(name => `debian-13/arm64/qemu-distro-kernel/${name}`),
    );
    expect(tree(out).filter(path => /amd64|verdict|junit|summary/.test(path))).toEqual([]);
    await clearTarget(out, "debian-13", "arm64");
    expect(tree(out).filter(path => !path.includes("link"))).toEqual([
      "debian-13",
      "debian-13/arm64",
      "debian-13/arm64/qemu-distro-kernel",
      "debian-13/arm64/qemu-distro-kernel/mine.log",
      "debian-13/notes.txt",
    ]);
    expect(existsSync(join(elsewhere, "s", "evidence.json"))).toBe(true);
  });

  it("has nothing to do where nothing is", async () => {
    await expect(clearTarget(join(dir, "nowhere"), "debian-13", "amd64")).resolves.toBeUndefined();
  });
});
