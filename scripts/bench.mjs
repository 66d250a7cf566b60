import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { renewDependencies } from "./renew.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Bundles bench/main.ts and runs it, in a process of its own so that its memory is its own too. */
await renewDependencies(root);
const { build } = await import("esbuild");
const outfile = join(root, ".cache", "bench", "main.mjs");
await build({
  entryPoints: [join(root, "bench", "main.ts")],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  logLevel: "warning",
  define: { ROOT: JSON.stringify(root) },
});
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
process.exitCode = status ?? 1;
