import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { files, project, snippetsOf } from "../workflows/files.ts";
import { jobsOf } from "../workflows/jobs.ts";

// Go's checksum database says what this version has to be. It is content with Go 1.18, and Debian 12 has 1.19.
const actionlint = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7";

/** Reads workflows, and their scripts with ShellCheck; `-` is standard input. */
function lint(argv: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync("go", ["run", actionlint, "-no-color", ...argv], {
    ...{ cwd: project, input, encoding: "utf8" },
    env: { ...process.env, CGO_ENABLED: "0", GOFLAGS: "" },
  });
  return { status, stdout, stderr };
}

const shellcheck = (argv: readonly string[], input = "") =>
  spawnSync("shellcheck", ["--severity", "style", ...argv], { cwd: project, input, encoding: "utf8" }).stdout;

it("actionlint and ShellCheck find nothing in the workflows", () => {
  expect(lint([])).toMatchObject({ status: 0, stdout: "" });
});

it("they would", () => {
  const good = readFileSync(join(project, ".github/workflows/ci.yml"), "utf8");
  expect(lint(["-"], good)).toMatchObject({ status: 0, stdout: "" });
  const { stdout: ofStep } = lint(["-"], good.replace("run: .ci/run", "run: ls $HOME"));
  expect(ofStep).toContain("SC2086");
  const { stdout: ofExpression } = lint(
    ["-"],
    good.replace("matrix.node }}\n    runs-on", "matrix.none }}\n    runs-on"),
  );
  expect(ofExpression).toContain('property "none" is not defined');
});

it("actionlint finds nothing in the workflows that README tells of", () => {
  const whole = snippetsOf("README.md").filter(text => !text.startsWith(" "));
  expect(whole.length).toBeGreaterThan(0);
  for (const text of whole)
    expect(lint(["-"], text.replaceAll("<owner>", "owner"))).toMatchObject({ status: 0, stdout: "" });
});

it("ShellCheck finds nothing in the action and the script of its own, which actionlint does not read", () => {
  const [, action] = files.find(([path]) => path === "action.yml") ?? [];
  const scripts = action ? jobsOf(action).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? [])) : [];
  expect(scripts.length).toBeGreaterThan(1);
  for (const script of scripts) expect(shellcheck(["--shell", "bash", "-"], `${script}\n`)).toBe("");
  expect(shellcheck([".github/scripts/open-kvm.sh"])).toBe("");
});
