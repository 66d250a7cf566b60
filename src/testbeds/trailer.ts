import type { Ending } from "../model/command.ts";

/** What `standin run` says at the end of standard error: `TOKEN exited 3 spilled 0 4711`. */
export interface Trailer {
  readonly ending: Ending;
  /** The standard error of the program alone. */
  readonly stderr: Uint8Array;
  /** How many bytes of each stream are in SPILL_DIR/TOKEN.out and .err, behind those that were passed on. */
  readonly spilled: { readonly stdout: number; readonly stderr: number };
  /** The errno because of which not all output could be kept. */
  readonly lost: string | undefined;
}

const form =
  /^(?:(?<kind>exited|timedOut) (?<number>\d+)|(?<kindOfName>signalled|notStarted) (?<name>\w+))(?: spilled (?<out>\d+) (?<err>\d+))?(?: lost (?<lost>\w+))?(?: left \d+)?\n$/;

function ending(groups: Readonly<Record<string, string | undefined>>): Ending {
  const { kind, number, kindOfName, name = "" } = groups;
  if (kindOfName === "signalled") return { kind: "signalled", signal: name };
  if (kindOfName === "notStarted") return { kind: "notStarted", code: name };
  return kind === "timedOut" ? { kind, afterMs: Number(number) } : { kind: "exited", code: Number(number) };
}

/** Undefined where the stand-in did not get as far as its last line: it was killed itself, or never started. */
export function readTrailer(stderr: Uint8Array, token: string): Trailer | undefined {
  const bytes = Buffer.from(stderr.buffer, stderr.byteOffset, stderr.byteLength);
  const mark = `\n${token} `;
  const at = bytes.lastIndexOf(mark);
  if (at < 0) return undefined;
  const groups = form.exec(bytes.toString("latin1", at + mark.length))?.groups;
  if (groups === undefined) return undefined;
  return {
    ending: ending(groups),
    stderr: stderr.subarray(0, at),
    spilled: { stdout: Number(groups["out"] ?? 0), stderr: Number(groups["err"] ?? 0) },
    lost: groups["lost"],
  };
}
