import type { Emit } from "../../observe/seen.ts";

/** To be called for each further connection: the evidence has how many there were. */
export function counted(what: string, emit: Emit): () => void {
  let retries = 0;
  return () => {
    retries += 1;
    emit({ kind: "fact", name: "retries", value: [{ what, count: retries }] });
  };
}
