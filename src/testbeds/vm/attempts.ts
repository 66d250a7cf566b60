import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { Stalled, type Started } from "./start.ts";

/** An emulated machine that stalled gets so many fresh starts more. */
const more = 2;

export interface Attempted {
  readonly started: Started;
  /** The folder that it was started in. */
  readonly folder: string;
  /** How many starts before it stalled. */
  readonly stalls: number;
}

/** Starts in a fresh folder below `parent`, again where the machine showed no sign of life: nothing had been observed. */
export async function attempt(parent: string, start: (folder: string) => Promise<Started>): Promise<Attempted> {
  for (let stalls = 0; ; stalls++) {
    const folder = await mkdtemp(join(parent, "vm-"));
    try {
      return { started: await start(folder), folder, stalls };
    } catch (error) {
      if (!(error instanceof Stalled) || stalls === more) throw error;
    }
  }
}
