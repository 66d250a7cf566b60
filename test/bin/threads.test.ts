import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const project = new URL("../../", import.meta.url).pathname;
const module = new URL("../../scripts/build.mjs", import.meta.url).href;
const at = { folder: "", main: "" };

const script = `
  const [main, root, ...argv] = process.argv.slice(2);
  const threads = [];
  process.on("worker", thread => threads.push(thread));
  process.exitCode = await (await import(main)).main(argv, root);
  if (threads.length > 0) console.error("it started threads");`;

function run(...argv: string[]) {
  const node = [join(at.folder, "start.mjs"), at.main, project, ...argv];
  const { status, stderr } = spawnSync(process.execPath, node, { encoding: "utf8" });
  return { status, stderr };
}

/** Forty days, each with a verdict of its own, and one of them with none that can be used. */
function writeDays(folder: string, month: string, broken: number): void {
  const recorded = JSON.parse(readFileSync(join(project, "test", "replay", "debian-13-vm", "verdict.json"), "utf8"));
  for (let day = 0; day < 40; day += 1) {
    const instant = new Date(Date.parse(`2026-${month}-01T00:00:00.000Z`) + day * 1000).toISOString();
    mkdirSync(join(folder, `day-${day}`), { recursive: true });
    const text = JSON.stringify({ ...recorded, startedAt: instant, finishedAt: instant });
    writeFileSync(join(folder, `day-${day}`, "verdict.json"), day === broken ? text.slice(1) : text);
  }
}

const matrixOf = (name: string): unknown => {
  const { at: _, ...matrix } = JSON.parse(readFileSync(join(at.folder, name, "matrix.json"), "utf8"));
  return JSON.parse(JSON.stringify(matrix).replaceAll(/"verdict":"(?:first|second)\//g, '"verdict":"'));
};

beforeAll(() => {
  at.folder = mkdtempSync(join(tmpdir(), "kata-verify-many-"));
  at.main = join(at.folder, "built", "main.js");
  const built = `import { build } from ${JSON.stringify(module)};
    await build(${JSON.stringify(project)}, ${JSON.stringify(join(at.folder, "built"))}, "test");`;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", built], { encoding: "utf8" });
  expect(stderr).toBe("");
  writeFileSync(join(at.folder, "start.mjs"), script);
});
afterAll(() => rmSync(at.folder, { recursive: true, force: true }));

it("many verdicts are read by threads, and fold to what few at a time do, with the same said of what cannot be used", () => {
  const [first, second, many] = ["first", "second", "many"].map(name => join(at.folder, name)) as [
    string,
    string,
    string,
  ];
  writeDays(first, "09", 7);
  writeDays(second, "10", 30);
  for (const one of ["first", "second"]) cpSync(join(at.folder, one), join(many, one), { recursive: true });
  const few = run("matrix", first, second, "--out", join(at.folder, "few"), "--max-age", "9999");
  const all = run("matrix", many, "--out", join(at.folder, "all"), "--max-age", "9999");
  expect(few.status).toBe(2);
  expect(few.stderr).not.toContain("it started threads");
  expect(few.stderr).toContain(`${join(first, "day-7", "verdict.json")}:1:`);
  expect(all).toEqual({
    status: 2,
    stderr: `${few.stderr.replaceAll(`${at.folder}/`, `${many}/`)}it started threads\n`,
  });
  expect(matrixOf("all")).toEqual(matrixOf("few"));
});
