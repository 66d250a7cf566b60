import type { Evidence } from "../model/evidence.ts";
import { token } from "./workload.ts";

/** What a check may ask of evidence: enough for its examples too. */
export type Told = Pick<Evidence, "facts" | "steps">;

/** What the guest said of one subject, `KEY=VALUE` by key; the last word counts. */
export function marks({ facts, steps }: Told, subject: string): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  if (facts.nonce === undefined) return said;
  const start = `${token(facts.nonce)} ${subject} `;
  for (const line of (steps["guest.marks"]?.stdout ?? "").split("\n")) {
    if (!line.startsWith(start)) continue;
    const [key = "", ...value] = line.slice(start.length).split("=");
    said.set(key, value.join("="));
  }
  return said;
}

/** `KEY VALUE` lines of a step by key, as the look at the testbed prints them. */
export function lines({ steps }: Told, step: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of (steps[step]?.stdout ?? "").split("\n")) {
    const space = line.indexOf(" ");
    if (space > 0) found.set(line.slice(0, space), line.slice(space + 1));
  }
  return found;
}
