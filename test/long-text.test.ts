import { expect, it } from "vitest";
import { qemuEnding } from "../src/kata/said.ts";
import { readShimVersion } from "../src/kata/shim-version.ts";
import { apt } from "../src/packages/apt.ts";
import { dnf } from "../src/packages/dnf.ts";
import { codeBlock } from "../src/reporters/text/markdown.ts";
import { logText } from "../src/results/logs.ts";

const ending = { kind: "exited", code: 0 } as const;
const seen = (stdout: string) => ({ argv: ["cat"], ending, durationMs: 1, stdout, stderr: "" });
const verified = (stdout: string) => ({ ...seen(stdout), ending: { ...ending, code: 1 } }) as never;
const log = (text: string) => logText(seen(text) as never);

/** The shortest of three: others use the machine too. */
function shortest(work: () => unknown): number {
  const once = () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  };
  return Math.min(once(), once(), once());
}

it.each<[string, () => unknown]>([
  ["a log of empty lines", () => log(`${"\n".repeat(200_000)}x`)],
  ["a code block of them", () => codeBlock(`${"\n".repeat(200_000)}x`)],
  ["a shim's name", () => readShimVersion(`shim: id: ${"kata".repeat(50_000)}`)],
  ["a missing file's remark, by rpm", () => dnf.readVerify(verified(`missing  /x${" (".repeat(50_000)}`))],
  ["a missing file's remark, by dpkg", () => apt.readVerify(verified(`missing  /x${" (".repeat(50_000)}`))],
  ["a missing file's place, by rpm", () => dnf.readVerify(verified(`missing${" ".repeat(100_000)}`))],
  ["how QEMU ended", () => qemuEnding('"QEMU exited with an error" '.repeat(20_000))],
])("%s takes no time by the square of its length", (_, work) => {
  expect(shortest(work)).toBeLessThan(400);
});

it("ends a log's streams with one line feed each", () => {
  expect(log("a\n\n\n")).toMatch(/--- stdout ---\na\n$/);
  expect(log("\n\na")).toMatch(/--- stdout ---\n\n\na\n$/);
  expect(codeBlock("a\n\n")).toBe("```text\na\n```");
});
