import { exits } from "../judge/exit.ts";

/**
 * Once for a process. A bug that no promise brings to the door ends with the code for bugs: Node's own is 1, which is a verdict. And
 * whoever reads what is printed may stop reading (`| head`): the run goes on, its results are on disk.
 */
export function catchTheRest(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  process.on("uncaughtException", bug => {
    process.stderr.write(`${bugReport(bug)}\n`);
    process.exit(exits.bug);
  });
}

export const bugReport = (error: unknown): string => {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `kata-verify: this is a bug in the harness, please report it with these lines:\n${stack}`;
};
