import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { vi } from "vitest";
import { allEvaluated, type Contexts } from "./expressions.ts";
import { project } from "./files.ts";
import type { Job } from "./jobs.ts";

// The first that runs kata-verify itself may have to build it.
vi.setConfig({ testTimeout: 60_000 });

export interface Ended {
  readonly code: number | null;
  readonly printed: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A folder of its own, as a runner's, for scripts to run in. */
export interface Runner extends Disposable {
  readonly root: string;
  path(name: string): string;
  write(name: string, text: string): string;
  read(name: string): string;
  /** Puts a program into the PATH of what is run: it writes what it was given to `NAME.calls`, a line of JSON each, and then runs `body`. */
  program(name: string, body: string): void;
  calls(name: string): readonly { readonly argv: readonly string[]; readonly input: string }[];
  /** Runs a script of .github/scripts with these variables. */
  script(name: string, env?: Readonly<Record<string, string>>, cwd?: string): Ended;
  /** Runs a step as a runner does: its `run` by bash, its `env` with each expression's value in these contexts. */
  step(step: Job["steps"][number], contexts: Contexts, env?: Readonly<Record<string, string>>): Ended;
  bash(argv: readonly string[]): Ended;
  git(...argv: readonly string[]): string;
}

const who = {
  GIT_AUTHOR_NAME: "A",
  GIT_COMMITTER_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@b.example",
  GIT_COMMITTER_EMAIL: "a@b.example",
};

function outputsIn(path: string): Record<string, string> {
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return Object.fromEntries(
    [...text.matchAll(/^(\w+)<<(.+)\n([\s\S]*?)\n\2$/gm)].map(([, name = "", , value = ""]) => [name, value]),
  );
}

const recording = (calls: string, body: string) => `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const argv = process.argv.slice(2);
const input = argv.includes("-") ? readFileSync(0, "utf8") : "";
appendFileSync(${JSON.stringify(calls)}, JSON.stringify({ argv, input }) + "\\n");
${body}
`;

export function runner(): Runner {
  const root = mkdtempSync(join(tmpdir(), "kata-verify-test-"));
  const path = (name: string) => join(root, name);
  const write = (name: string, text: string): string => {
    mkdirSync(dirname(path(name)), { recursive: true });
    writeFileSync(path(name), text);
    return path(name);
  };
  mkdirSync(path("bin"));
  const run = (program: string, argv: readonly string[], env: Readonly<Record<string, string>>, cwd: string): Ended => {
    rmSync(path("outputs"), { force: true });
    const { status, stdout, stderr } = spawnSync(program, argv, {
      cwd,
      encoding: "utf8",
      env: {
        PATH: `${path("bin")}:${process.env["PATH"]}`,
        HOME: root,
        GITHUB_OUTPUT: path("outputs"),
        ...who,
        ...env,
      },
    });
    return { code: status, printed: stdout + stderr, outputs: outputsIn(path("outputs")) };
  };
  return {
    ...{ root, path, write },
    read: name => readFileSync(path(name), "utf8"),
    program: (name, body) => chmodSync(write(`bin/${name}`, recording(path(`${name}.calls`), body)), 0o755),
    calls: name =>
      existsSync(path(`${name}.calls`))
        ? readFileSync(path(`${name}.calls`), "utf8")
            .trim()
            .split("\n")
            .map(line => JSON.parse(line))
        : [],
    script: (name, env = {}, cwd = root) => run(process.execPath, [join(project, ".github/scripts", name)], env, cwd),
    step: (step, contexts, env = {}) => {
      const given = allEvaluated((step["env"] ?? {}) as object, contexts);
      const own = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
      // A checkout is where a step runs.
      const script = String(step["run"]).replaceAll(" .github/", ` ${project}.github/`);
      return run("bash", ["--norc", "-e", "-c", script], { ...env, ...own }, root);
    },
    bash: argv => run("bash", argv, {}, root),
    git: (...argv) =>
      execFileSync("git", argv, { cwd: root, encoding: "utf8", env: { ...process.env, ...who } }).trim(),
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}
