import * as z from "zod";

/** A program to run on a testbed: an argument vector, never a shell string. */
export interface Command {
  readonly argv: readonly [string, ...string[]];
  /** Given to the program's standard input, which is then closed; without it the program reads end of file. */
  readonly stdin?: string | Uint8Array;
  /** Milliseconds, before scaling by the testbed's measured slowness. */
  readonly timeoutMs: number;
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Bytes of each stream, where its reader needs all of it: a program that says more ends `truncated`. Without it the beginning and the
   * end are kept, as evidence keeps them.
   */
  readonly wholeBytes?: number;
}

/** How a program ended. `notStarted` carries an errno name such as `ENOENT`; of `truncated` it is not known, nor all that it said. */
export const Ending = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("exited"), code: z.int() }),
  z.looseObject({ kind: z.literal("signalled"), signal: z.string() }),
  z.looseObject({ kind: z.literal("timedOut"), afterMs: z.number() }),
  z.looseObject({ kind: z.literal("notStarted"), code: z.string() }),
  z.looseObject({ kind: z.literal("truncated"), afterBytes: z.number() }),
]);
export type Ending = z.infer<typeof Ending>;

/** What a testbed returns for a command: exact bytes, no opinion. */
export interface Observation {
  readonly argv: readonly string[];
  readonly ending: Ending;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly durationMs: number;
}

/** An observation as evidence keeps it: text (invalid UTF-8 replaced), each stream capped to a head and a tail. */
export const Seen = z.looseObject({
  argv: z.array(z.string()),
  ending: Ending,
  stdout: z.string(),
  stderr: z.string(),
  durationMs: z.number(),
});
export type Seen = z.infer<typeof Seen>;

/** A named command whose observation becomes evidence under that name, e.g. `qemu.device-help`. */
export interface Step {
  readonly id: string;
  readonly command: Command;
}
