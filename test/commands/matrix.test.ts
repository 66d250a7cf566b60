import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRuns, rereading } from "../../src/commands/matrix-runs.ts";
import { reportedWitness } from "../../src/commands/reported-witness.ts";
import { siteFiles, siteMark } from "../../src/commands/site-files.ts";
import { foldMatrix } from "../../src/matrix/fold.ts";
import { pool } from "../../src/matrix/runs.ts";
import { UsageError } from "../../src/model/failure.ts";
import { Matrix } from "../../src/model/matrix.ts";
import { replaceFolder } from "../../src/results/replace-folder.ts";
import { setting } from "../matrix/seen.ts";

const root = new URL("../../", import.meta.url).pathname;
const replay = join(root, "test", "replay");
const at = { folder: "" };

beforeEach(() => {
  at.folder = mkdtempSync(join(tmpdir(), "kata-verify-matrix-"));
});
afterEach(() => rmSync(at.folder, { recursive: true, force: true }));

const ours = async () => "runners" as const;
const results = (folder: string, witness: typeof reportedWitness | typeof ours = ours) => [{ folder, witness }];

async function read(folder: string, witness: typeof reportedWitness | typeof ours = ours) {
  const said: string[] = [];
  const runs = await readRuns(results(folder, witness), pool(), ({ message }) => said.push(message));
  return { runs, said };
}

const copied = (name: string): string => {
  const to = join(at.folder, "results", name);
  cpSync(join(replay, name), to, { recursive: true });
  return to;
};

describe("the recorded runs", () => {
  it("make a site with a page for each target, and none of it says yes", async () => {
    const { runs, said } = await read(replay);
    expect(said).toEqual([]);
    expect(runs.length).toBeGreaterThanOrEqual(10);
    const own = setting({ now: "2026-11-24T00:00:00.000Z" });
    const folded = foldMatrix(runs, own);
    const out = join(at.folder, "site");
    await replaceFolder(out, siteMark, siteFiles(root, folded, own, rereading(results(replay))));
    const matrix = Matrix.parse(JSON.parse(readFileSync(join(out, "matrix.json"), "utf8")));
    expect(matrix.squares.map(one => one.answer)).not.toContain("yes");
    const square = folded.find(({ square: one }) => one.target === "debian-13")?.square;
    expect(square).toMatchObject({ answer: "provisional", evidence: { kata: "4.0.0", acceleration: "kvm-emulated" } });
    for (const name of [
      "index.html",
      "SUPPORT.md",
      "targets/debian-13.html",
      "badges/debian-13.svg",
      "codes/guest.vsock.html",
    ])
      expect(existsSync(join(out, name)), name).toBe(true);
    const evidence = readFileSync(join(out, "evidence/debian-13/amd64/qemu-distro-kernel.json"), "utf8");
    expect(JSON.parse(evidence)).toMatchObject({ scenario: "qemu-distro-kernel", standing: "provisional" });
  });
});

describe("what cannot be used", () => {
  it.each<[string, string | undefined, RegExp]>([
    ["is no JSON", "{", /verdict\.json:1:/],
    ["is of another schema", '{"schemaVersion":2}', /cannot be used/],
    ["is nested without an end", "[".repeat(200_000), /verdict\.json/],
    ["is a link", undefined, /is a link/],
  ])("because it %s is said, and keeps nothing else out", async (_, text, message) => {
    copied("debian-13-kata");
    const folder = join(at.folder, "results", "another");
    mkdirSync(folder);
    if (text === undefined) symlinkSync("/etc/passwd", join(folder, "verdict.json"));
    else writeFileSync(join(folder, "verdict.json"), text);
    const { runs, said } = await read(join(at.folder, "results"));
    expect(runs).toHaveLength(1);
    expect(said).toEqual([expect.stringMatching(message)]);
  });

  it("is a target or a scenario whose name leads elsewhere", async () => {
    const path = join(copied("debian-13-kata"), "verdict.json");
    const text = readFileSync(path, "utf8");
    for (const name of ["../../etc", "a/b", "A", "", "a".repeat(101), "a..b"]) {
      writeFileSync(path, text.replace('"target": "debian-13"', `"target": ${JSON.stringify(name)}`));
      expect((await read(at.folder)).runs).toEqual([]);
      writeFileSync(path, text.replace('"scenario": "qemu-distro-kernel"', `"scenario": ${JSON.stringify(name)}`));
      expect((await read(at.folder)).runs).toEqual([]);
    }
  });
});

describe("what others report", () => {
  it("is judged again where the evidence is there, and says the same", async () => {
    copied("debian-13-kata");
    expect((await read(at.folder, reportedWitness)).runs.map(one => one.witness)).toEqual(["re-judged"]);
  });

  it("is their own word without the evidence", async () => {
    rmSync(join(copied("debian-13-kata"), "amd64"), { recursive: true });
    expect((await read(at.folder, reportedWitness)).runs.map(one => one.witness)).toEqual(["self-reported"]);
  });

  it("is left out where the evidence says something else", async () => {
    const path = join(copied("debian-13-kata"), "verdict.json");
    writeFileSync(path, readFileSync(path, "utf8").replace('"standing": "provisional"', '"standing": "supported"'));
    const { runs, said } = await read(at.folder, reportedWitness);
    expect(runs).toEqual([]);
    expect(said).toEqual([expect.stringContaining("is not what the evidence beside it says")]);
  });
});

describe("the site's folder", () => {
  async function* files(...paths: string[]) {
    for (const path of paths) yield { path, contents: path };
  }

  it("takes the place of an earlier one, whole", async () => {
    const out = join(at.folder, "site");
    await replaceFolder(out, siteMark, files("matrix.json", "old/page.html"));
    await replaceFolder(out, siteMark, files("matrix.json", "new/page.html"));
    expect([existsSync(join(out, "old")), existsSync(join(out, "new/page.html"))]).toEqual([false, true]);
  });

  it("is not made over other things", async () => {
    writeFileSync(join(at.folder, "thesis.txt"), "mine");
    await expect(replaceFolder(at.folder, siteMark, files("matrix.json"))).rejects.toBeInstanceOf(UsageError);
    expect(readFileSync(join(at.folder, "thesis.txt"), "utf8")).toBe("mine");
  });

  it.each([
    ["a matrix.json of somebody's", "matrix.json"],
    ["a mark that is not ours", siteMark],
  ])("is not made over a folder with %s", async (_, name) => {
    const out = join(at.folder, "theirs");
    mkdirSync(out);
    writeFileSync(join(out, name), "{}");
    writeFileSync(join(out, "thesis.txt"), "mine");
    await expect(replaceFolder(out, siteMark, files("matrix.json"))).rejects.toBeInstanceOf(UsageError);
    expect(readFileSync(join(out, "thesis.txt"), "utf8")).toBe("mine");
  });

  it("is not made over an earlier one to which somebody added a file", async () => {
    const out = join(at.folder, "site");
    await replaceFolder(out, siteMark, files("matrix.json", "targets/a.html"));
    writeFileSync(join(out, "targets/thesis.txt"), "mine");
    await expect(replaceFolder(out, siteMark, files("matrix.json"))).rejects.toThrow(
      "targets/thesis.txt is none of ours",
    );
    expect(readFileSync(join(out, "targets/thesis.txt"), "utf8")).toBe("mine");
    expect(readdirSync(at.folder).filter(name => name.startsWith("site"))).toEqual(["site"]);
  });

  it("is put back where a run was killed between its two renames", async () => {
    const out = join(at.folder, "site");
    await replaceFolder(out, siteMark, files("matrix.json"));
    renameSync(out, `${out}.0123abcd.tmp.old`);
    await expect(replaceFolder(out, siteMark, files("a", "a"))).rejects.toThrow("EEXIST");
    expect(readdirSync(at.folder).filter(name => name.startsWith("site"))).toEqual(["site"]);
    expect(readFileSync(join(out, "matrix.json"), "utf8")).toBe("matrix.json");
  });

  it("leaves what only looks like one that was moved aside", async () => {
    const out = join(at.folder, "site");
    mkdirSync(`${out}.0123abcd.tmp.old`);
    writeFileSync(`${out}.0123abcd.tmp.old/thesis.txt`, "mine");
    await replaceFolder(out, siteMark, files("matrix.json"));
    expect(readFileSync(`${out}.0123abcd.tmp.old/thesis.txt`, "utf8")).toBe("mine");
  });

  it("stays as it was where the new one fails half-way", async () => {
    const out = join(at.folder, "site");
    await replaceFolder(out, siteMark, files("matrix.json"));
    await expect(replaceFolder(out, siteMark, files("matrix.json", "matrix.json"))).rejects.toThrow("EEXIST");
    expect(readFileSync(join(out, "matrix.json"), "utf8")).toBe("matrix.json");
  });
});
