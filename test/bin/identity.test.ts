import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

const project = new URL("../../", import.meta.url).pathname;
const { commit } = (await import(join(project, "scripts/identity.mjs"))) as { commit(root: string): string };

const folder = mkdtempSync(join(tmpdir(), "kata-verify-identity-"));
const [checkout, unpacked] = [join(folder, "checkout"), join(folder, "around", "unpacked")];
const names = ["package.json", "package-lock.json", "scripts", "src/model", ".gitattributes"];

/** As a checkout has it, whatever this project was unpacked from. */
function copy(to: string): void {
  for (const name of names) cpSync(join(project, name), join(to, name), { recursive: true });
  writeFileSync(join(to, "scripts", "archived-commit"), "$Format:%H$\n");
}

const git = (...argv: string[]): string => {
  const who = ["-c", "user.name=A", "-c", "user.email=a@b.example"];
  return execFileSync("git", [...who, ...argv], { cwd: checkout, encoding: "utf8" }).trim();
};

beforeAll(() => {
  copy(checkout);
  for (const argv of [
    ["init", "-q"],
    ["add", "."],
    ["commit", "-qm", "Begin"],
  ])
    git(...argv);
  mkdirSync(unpacked, { recursive: true });
  git("archive", "--format=tar", "-o", join(folder, "archive.tar"), "HEAD");
  execFileSync("tar", ["-xf", join(folder, "archive.tar"), "-C", unpacked]);
});

afterAll(() => rmSync(folder, { recursive: true }));

it("a build of a checkout says which commit it is of, and one of an archive says the same", () => {
  const head = git("rev-parse", "HEAD").slice(0, 12);
  expect([commit(checkout), commit(unpacked)]).toEqual([head, head]);
});

it("an archive that is unpacked in another repository is not that one's commit", () => {
  execFileSync("git", ["init", "-q", join(folder, "around")]);
  expect(commit(unpacked)).toBe(git("rev-parse", "HEAD").slice(0, 12));
});

it("a folder without either says that nobody knows", () => {
  const bare = join(folder, "bare");
  copy(bare);
  expect(commit(bare)).toBe("unknown");
});
