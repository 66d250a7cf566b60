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

/** The source files of everything that an entry loads before it does anything. */
function loadedAtOnce({ outputs }: Metafile, entry: string): string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
      if (kind === "import-statement" && !external) visit(next);
    }
  };
  visit(Object.keys(outputs).find(path => path.endsWith(`/${entry}.js`)) ?? "");
  return [...seen].flatMap(path => Object.keys(outputs[path]?.inputs ?? {}));
}

it("loads commander and nothing else for --help", () => {
  const packages = loadedAtOnce(built(), "main")
    .filter(path => path.startsWith("node_modules/"))
    .map(path => path.split("/")[1]);
  expect([...new Set(packages)]).toEqual(["commander"]);
});
