import type { Command, Observation } from "./command.ts";
import type { Code } from "./reason.ts";
import type { TestbedKind } from "./words.ts";

/**
 * The one port: a machine, whatever it is made of.
 * Every method rejects with `TestbedGone`, and only when the testbed itself is gone; a command that fails is an observation.
 */
export interface Testbed extends AsyncDisposable {
  readonly kind: TestbedKind;
  /** What the time-outs of commands are multiplied by here; 1 where it is absent. */
  readonly timeScale?: number;
  /** Runs to the end, or to its time-out, after which no process of it is left. */
  run(command: Command): Promise<Observation>;
  /** Creates parent folders; replaces what is there. `mode` defaults to 0o644. */
  write(path: string, contents: Uint8Array | string, mode?: number): Promise<void>;
  fetch(path: string): Promise<Uint8Array>;
}

/** A testbed that can stay up for somebody to look around. */
export interface KeepableTestbed extends Testbed {
  /** From now on its disposal only lets go of it. `name` is a part of file names. */
  keep(name: string): Promise<KeptTestbed>;
}

/** Command lines for people. */
export interface KeptTestbed {
  readonly enter: readonly string[];
  /** What to know once inside. */
  readonly hint?: string;
  /** All of them, in this order. */
  readonly remove: readonly (readonly string[])[];
}

/** The testbed no longer answers: neither evidence for nor against anything that was to run on it. */
export class TestbedGone extends Error {
  override readonly name: string = "TestbedGone";
  readonly code: Code;
  constructor(message: string, code: Code = "infra.testbed-gone", options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
