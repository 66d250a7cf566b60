import { catchTheRest } from "./commands/last-resort.ts";
import { main as run } from "./commands/program.ts";

/** Runs the program, which is all that its process is for: resolves to the exit code. `root` is the project's folder. */
export const main = (argv: readonly string[], root: string): Promise<number> => {
  catchTheRest();
  return run(argv, root);
};
