import { createInterface } from "node:readline/promises";
import type { PlannedCell } from "../model/cell.ts";
import { mustBeAble, prepareLocal } from "./local.ts";
import { thisMachine } from "./machine.ts";
import type { PrerequisiteId } from "./prerequisites.ts";
import { prepareRunner } from "./setup.ts";
import { stopStarted } from "./started.ts";
import type { VerifyOptions } from "./verify-options.ts";

const say = (line: string): void => console.error(line);

const isLeft = (error: unknown) => error instanceof Error && error.name === "AbortError";

/** On standard error, as standard output may be a verdict. Who leaves it with Ctrl-C or Ctrl-D has not said yes. */
async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } catch (error) {
    if (!isLeft(error)) throw error;
    say("");
    return false;
  } finally {
    terminal.close();
  }
}

/** Makes this machine ready for a run, or throws UsageError that names what it lacks; see `prepareRunner`. */
export async function prepare(needs: readonly PrerequisiteId[], setup: boolean): Promise<void> {
  const machine = thisMachine();
  await prepareRunner({ machine, needs, setup, ask: machine.terminal ? ask : undefined, say });
}

/** Throws UsageError where this machine itself can be no testbed of this user. */
export const mustBeAbleHere = ({ withPackage, withFile }: VerifyOptions): void =>
  mustBeAble(thisMachine(), [...withPackage, ...withFile.map(({ file }) => file)]);

/** Makes this machine itself ready to be the testbed of these cells; see `prepareLocal`. */
export async function prepareThisMachine(cells: readonly PlannedCell[], { setup }: VerifyOptions) {
  const machine = thisMachine();
  return prepareLocal({ machine, cells, setup, ask: machine.terminal ? ask : undefined, say });
}

/** Stops what set-ups on this machine started, and nothing else; resolves to whether all of it ended. */
export async function stopAll(): Promise<boolean> {
  const left = await stopStarted(thisMachine(), say);
  for (const one of left) say(`still running: ${one}`);
  return left.length === 0;
}
