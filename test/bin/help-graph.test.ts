import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
        readonly inputs: Readonly<Record<string, unknown>>;
      }
    >
  >;
}

const project = new URL("../../", import.meta.url).pathname;
const module = new URL("../../scripts/build.mjs", import.meta.url).href;

function built(): Metafile {
  const outdir = mkdtempSync(join(tmpdir(), "kata-verify-test-"));
  try {
    const script = `import { build } from ${JSON.stringify(module)};
      console.log(JSON.stringify(await build(${JSON.stringify(project)}, ${JSON.stringify(outdir)}, "test")));`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    expect(stderr).toBe("");
    return JSON.parse(stdout);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** What an entry loads before it does anything: source files, and what comes with Node. */
function loadedAtOnce({ outputs }: Metafile, entry: string): string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement" || kind === "require-call") visit(next);
    }
  };
  visit(Object.keys(outputs).find(path => path.endsWith(`/${entry}.js`)) ?? "");
  return [...seen].flatMap(path => Object.keys(outputs[path]?.inputs ?? { [path]: {} }));
}

it("loads commander and nothing else for --help, and of Node nothing that starts programs", () => {
  const loaded = loadedAtOnce(built(), "main");
  const packages = loaded.filter(path => path.startsWith("node_modules/")).map(path => path.split("/")[1]);
  expect([...new Set(packages)]).toEqual(["commander"]);
  const own = loaded.filter(path => path.startsWith("node:"));
  expect(own).toContain("node:events");
  expect(own).not.toContain("node:child_process");
});
