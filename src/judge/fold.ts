import { Evidence, type JournalLine } from "../model/evidence.ts";

/** Under another name, for people: that attempt proves nothing for or against what a later one did not come to. */
function setAside(steps: Map<string, unknown>, attempt: number, names: readonly string[]): void {
  for (const name of names) {
    const seen = steps.get(name);
    if (seen === undefined) continue;
    steps.delete(name);
    steps.set(`attempt-${attempt}.${name}`, seen);
  }
}

/**
 * The evidence that a journal amounts to. Of facts and steps of the same name the later one counts, of what was tried again only the
 * last attempt; what came after the end of the cell does not, and `null` takes a fact back. Throws for lines that do not begin with
 * `opened`, and ZodError for facts of another shape than evidence has.
 */
export function fold(lines: readonly JournalLine[]): Evidence {
  const [first] = lines;
  if (first?.event.kind !== "opened") throw new Error("The journal does not begin with an opened event");
  const { tool, cell, request } = first.event;
  const facts = new Map<string, unknown>();
  const steps = new Map<string, unknown>();
  const stopped: unknown[] = [];
  const notes: string[] = [];
  const end = lines.findIndex(line => line.event.kind === "closed");
  for (const { event } of end < 0 ? lines : lines.slice(0, end)) {
    if (event.kind === "fact" && event.value === null) facts.delete(event.name);
    else if (event.kind === "fact") facts.set(event.name, event.value);
    else if (event.kind === "observed") steps.set(event.step, event.seen);
    else if (event.kind === "stopped") stopped.push(event.stopped);
    else if (event.kind === "noted") notes.push(event.note);
    else if (event.kind === "retried") setAside(steps, event.attempt, event.steps);
  }
  return Evidence.parse({
    schemaVersion: 1,
    tool,
    cell,
    request,
    startedAt: first.at,
    finishedAt: lines[end]?.at ?? null,
    facts: Object.fromEntries(facts),
    steps: Object.fromEntries(steps),
    stopped,
    notes,
  });
}
