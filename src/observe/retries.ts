import * as z from "zod";
import type { Emit } from "./seen.ts";

const Retries = z.array(z.object({ what: z.string(), count: z.int() }));

/** Of a fact the last one counts, and retries are told by whoever tries again: each gets what others told before added. */
export function addingRetries(emit: Emit): Emit {
  const counts = new Map<string, number>();
  return event => {
    if (event.kind !== "fact" || event.name !== "retries") return emit(event);
    for (const { what, count } of Retries.parse(event.value)) counts.set(what, count);
    emit({ ...event, value: [...counts].map(([what, count]) => ({ what, count })) });
  };
}
