import type { Reason } from "../model/reason.ts";
import type { Told } from "../workloads/marks.ts";

/** What befell the sandbox as a whole; null where nothing did that is known. */
export const kataTrouble = (_: Told): Reason | null => null;
