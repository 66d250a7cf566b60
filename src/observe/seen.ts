import type { Observation, Seen, Step } from "../model/command.ts";
import type { Event } from "../model/evidence.ts";
import type { Testbed } from "../model/testbed.ts";
import { noteMax, usualShare } from "../testbeds/output.ts";

/** Where what was seen goes; the journal of the cell. */
export type Emit = (event: Event) => void;

const { head: headBytes, tail: tailBytes } = usualShare;

function text(bytes: Uint8Array): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  // What the testbed has shortened has its note already.
  if (bytes.length <= headBytes + tailBytes + noteMax) return decoder.decode(bytes);
  const left = bytes.length - headBytes - tailBytes;
  const head = decoder.decode(bytes.subarray(0, headBytes));
  const tail = decoder.decode(bytes.subarray(bytes.length - tailBytes));
  return `${head}\n[… ${left} bytes left out …]\n${tail}`;
}

/** An observation as evidence keeps it: a head of 96 KiB and a tail of 32 KiB of each stream. */
export function seen(observation: Observation): Seen {
  const { argv, ending, durationMs } = observation;
  return {
    argv: [...argv],
    ending,
    stdout: text(observation.stdout),
    stderr: text(observation.stderr),
    durationMs: Math.round(durationMs),
  };
}

/** Runs one step and writes down what was seen, whatever it was. */
export async function observeStep(testbed: Testbed, step: Step, emit: Emit): Promise<Observation> {
  const observation = await testbed.run(step.command);
  emit({ kind: "observed", step: step.id, seen: seen(observation) });
  return observation;
}
