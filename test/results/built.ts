import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** A folder for one test file; the system's temporary folder is the test machine's to empty. */
export const folder = (name: string): string => mkdtempSync(join(tmpdir(), `kata-verify-${name}-`));

/** A program of this folder as plain JavaScript, for tests that need a process of their own to kill. */
export function built(program: string, into: string): string {
  const outfile = join(into, program.replace(/\.ts$/, ".mjs"));
  const entry = fileURLToPath(new URL(program, import.meta.url));
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  return outfile;
}
