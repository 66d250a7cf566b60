import type { Lane } from "../../kata/lane.ts";
import { error, type Judgement } from "../../model/check.ts";
import type { Evidence } from "../../model/evidence.ts";
import { emulated } from "../trouble.ts";

/**
 * A limit inside a script that was reached under emulation proves nothing of Kata, as a time-out of a step does not; undefined
 * where it does. `what` is a clause.
 */
export const waited = (lane: Lane["name"], evidence: Evidence, what: string): Judgement | undefined =>
  lane === "kata" && emulated(evidence) ? error("infra.slow", `${what}, under emulation`) : undefined;
