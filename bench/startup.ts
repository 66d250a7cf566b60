import { join } from "node:path";
import { paired, say, timed } from "./measure.ts";

/** What it costs to start the program, against Node doing nothing. */
export function startup(root: string): void {
  const bin = join(root, "bin", "kata-verify.mjs");
  const nothing = () => timed([process.execPath, "-e", "0"]);
  for (const [option, most] of [
    ["--version", 1.3],
    ["--help", 1.5],
  ] as const) {
    const own = () => timed([process.execPath, bin, option]);
    own();
    const { a, b } = paired(25, own, nothing);
    say(`${option} against node -e 0`, a, b, most);
  }
}
