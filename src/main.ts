import { main as run } from "./commands/program.ts";

/** Runs the program: resolves to the exit code. `root` is the project's folder. */
export const main = (argv: readonly string[], root: string): Promise<number> => run(argv, root);
