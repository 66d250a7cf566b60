import type { Evidence } from "../model/evidence.ts";
import { reading } from "../vmms/reading.ts";
import { token } from "./workload.ts";

/** What a check may ask of evidence: enough for its examples too. */
export type Told = Pick<Evidence, "facts" | "steps">;

type Said = ReadonlyMap<string, string>;

const nothing: Said = new Map();

/** `TOKEN SUBJECT KEY=VALUE` lines: by the first two words, `VALUE` by key. The last word counts. */
const spoken = reading(({ stdout }): ReadonlyMap<string, Said> => {
  const subjects = new Map<string, Map<string, string>>();
  for (const line of stdout.split("\n")) {
    const end = line.indexOf(" ", line.indexOf(" ") + 1);
    if (end < 0) continue;
    const subject = line.slice(0, end);
    const said = subjects.get(subject) ?? new Map<string, string>();
    const equals = line.indexOf("=", end);
    const key = line.slice(end + 1, equals < 0 ? undefined : equals);
    subjects.set(subject, said.set(key, equals < 0 ? "" : line.slice(equals + 1)));
  }
  return subjects;
});

/** What the guest said of one subject, `KEY=VALUE` by key; the last word counts. */
export function marks({ facts, steps }: Told, subject: string): Said {
  const seen = steps["guest.marks"];
  if (facts.nonce === undefined || seen === undefined) return nothing;
  return spoken(seen).get(`${token(facts.nonce)} ${subject}`) ?? nothing;
}

const values = reading(({ stdout }): Said => {
  const found = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const space = line.indexOf(" ");
    if (space > 0) found.set(line.slice(0, space), line.slice(space + 1));
  }
  return found;
});

/** `KEY VALUE` lines of a step by key, as the look at the testbed prints them. */
export function lines({ steps }: Told, step: string): Said {
  const seen = steps[step];
  return seen === undefined ? nothing : values(seen);
}
