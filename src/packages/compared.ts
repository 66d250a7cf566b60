import type { Seen } from "../model/command.ts";

/**
 * The files that a comparison found changed; null where it did not come to its end. dpkg and rpm exit with 1 both where files
 * differ and where they could not compare: what tells them apart is that they `say` so.
 */
export function compared({ ending }: Seen, changed: string[], says = changed.length > 0): string[] | null {
  if (ending.kind !== "exited") return null;
  return ending.code === 0 || (ending.code === 1 && says) ? changed : null;
}
