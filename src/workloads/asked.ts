import type { Seen } from "../model/command.ts";

/** Whether a step's own script says `KEY …`: that of older evidence need not have, and is not asked for it. */
export const asked = (seen: Seen | undefined, key: string): boolean =>
  seen?.argv.some(argument => argument.includes(`echo "${key} `)) ?? false;
