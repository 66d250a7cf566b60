import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const project = new URL("../../", import.meta.url).pathname;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A checkout of its own with the real bootstrap and small sources, so that a test may break it. */
export interface Checkout extends Disposable {
  readonly root: string;
  write(path: string, text: string): void;
  commit(message: string): string;
  start(argv: readonly string[], env?: Record<string, string>): { child: ChildProcess; ended: Promise<Ended> };
  run(argv: readonly string[], env?: Record<string, string>): Promise<Ended>;
}

const main = `export async function main(argv: readonly string[], root: string): Promise<number> {
  console.log(JSON.stringify({ argv, root, build: BUILD }));
  return 3;
}
declare const BUILD: unknown;
`;

/** A folder of links and not a link to the folder: `npm ci` empties node_modules, and would empty the project's. */
function linkModules(root: string): void {
  const from = join(project, "node_modules");
  const to = join(root, "node_modules");
  mkdirSync(to);
  for (const name of readdirSync(from)) symlinkSync(join(from, name), join(to, name));
  rmSync(join(to, ".package-lock.json"));
  writeFileSync(join(to, ".package-lock.json"), "{}");
}

/** Without `dependencies` there is no node_modules. */
export function checkout({ dependencies = true } = {}): Checkout {
  const root = mkdtempSync(join(tmpdir(), "kata-verify-test-"));
  for (const name of ["bin", "scripts", "package.json", "package-lock.json"]) {
    cpSync(join(project, name), join(root, name), { recursive: true, preserveTimestamps: true });
  }
  if (dependencies) linkModules(root);
  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const git = (...argv: string[]) => execFileSync("git", argv, { cwd: root, encoding: "utf8" }).trim();
  const commit = (message: string) => {
    git("add", "bin", "scripts", "src", "package.json", "package-lock.json");
    git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", message);
    return git("rev-parse", "--short=12", "HEAD");
  };
  // Whatever this project was unpacked from.
  write("scripts/archived-commit", "$Format:%H$\n");
  write("src/main.ts", main);
  for (const entry of ["prepare", "reading"]) write(`src/commands/${entry}.ts`, "export const nothing = 0;\n");
  git("init", "-q");
  commit("Begin");
  const start = (argv: readonly string[], env: Record<string, string> = {}) => {
    const child = spawn(process.execPath, ["bin/kata-verify.mjs", ...argv], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const out = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream].setEncoding("utf8").on("data", text => {
        out[stream] += text;
      });
    }
    const ended = new Promise<Ended>(resolve => child.on("close", code => resolve({ code, ...out })));
    return { child, ended };
  };
  return {
    root,
    write,
    commit,
    start,
    run: (argv, env) => start(argv, env).ended,
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}
