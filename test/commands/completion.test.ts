import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { completedCommands, completion, type Names, type Shell } from "../../src/commands/completion.ts";
import { commands } from "../../src/commands/options.ts";

const names: Names = {
  targets: ["debian-13", "ubuntu-24.04"],
  scenarios: ["qemu-distro-kernel"],
  codes: ["virtiofsd.not-packaged"],
};

/** What bash offers for the words, the last of which is being typed. */
function offers(...words: string[]): string[] {
  const script = `${completion("bash", names)}
COMP_WORDS=(kata-verify "$@"); COMP_CWORD=$#
_kata_verify
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script, "bash", ...words], {
    encoding: "utf8",
    cwd: "/proc/self",
  });
  expect(stderr).toBe("");
  return stdout.trim().split("\n");
}

describe("bash", () => {
  it.each([
    [[""], [...commands.map(({ name }) => name), "--help", "--version"]],
    [["ver"], ["verify"]],
    [["verify", "deb"], ["debian-13"]],
    [
      ["verify", "debian-13", "--tier", ""],
      ["contract", "guest", "kata"],
    ],
    [["verify", "--scenario", "q"], ["qemu-distro-kernel"]],
    [["plan", "--g"], ["--github"]],
    [["verify", "--deadline", ""], [""]],
    [["explain", "virt"], ["virtiofsd.not-packaged"]],
    [
      ["completion", ""],
      ["--help", "bash", "zsh", "fish"],
    ],
    [
      ["verify", "--out", "f"],
      ["fd", "fdinfo"],
    ],
    [["judge", "--j"], ["--json"]],
    [["judge", "fdi"], ["fdinfo"]],
  ])("offers for %j", (words, expected) => {
    expect(offers(...words)).toEqual(expected);
  });

  it("does not run what is being typed", () => {
    expect(offers("verify", "$(echo debian-13)")).toEqual([""]);
    expect(offers("verify", "`echo debian-13`;")).toEqual([""]);
  });
});

it.each(["bash", "zsh", "fish"] as const)("%s knows every command and every option", (shell: Shell) => {
  const text = completion(shell, names);
  for (const { name, options } of completedCommands(names)) {
    expect(text).toContain(name);
    for (const { long, short } of options) {
      expect(text).toContain(shell === "fish" ? `-l ${long.slice(2)}` : long);
      if (short !== undefined) expect(text).toContain(shell === "fish" ? `-s ${short.slice(1)}` : short);
    }
  }
});
