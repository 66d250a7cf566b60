import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { startTime } from "../testbeds/start-time.ts";
import type { Machine } from "./machine.ts";
import { asRoot, perform, type Say } from "./perform.ts";

const Started = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("daemon"),
    what: z.string(),
    pid: z.int(),
    /** Tells this process from a later one of the same pid. */
    startTime: z.string(),
    asRoot: z.boolean(),
  }),
  z.strictObject({ kind: z.literal("service"), what: z.string(), stop: z.array(z.string()), asRoot: z.boolean() }),
]);
/** Something that a set-up of ours started and that outlives it. */
export type Started = z.infer<typeof Started>;

const file = (machine: Machine): string => join(machine.state, "started.json");

function recorded(machine: Machine): Started[] {
  try {
    return z.array(Started).parse(JSON.parse(readFileSync(file(machine), "utf8")));
  } catch {
    return [];
  }
}

function write(machine: Machine, all: readonly Started[]): void {
  const path = file(machine);
  if (all.length === 0) {
    rmSync(path, { force: true });
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(all, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** Writes down what was started, so that it can be stopped. */
export function record(machine: Machine, one: Started): void {
  write(machine, [...recorded(machine), one]);
}

async function isGone(pid: number, started: string, deadlineMs: number): Promise<boolean> {
  for (const until = Date.now() + deadlineMs; Date.now() < until; await pause(50)) {
    if (startTime(pid) !== started) return true;
  }
  return false;
}

async function stop(machine: Machine, one: Started, say: Say): Promise<boolean> {
  const privileged = (argv: readonly string[]) => (one.asRoot ? asRoot(machine, argv) : argv);
  if (one.kind === "service") return perform(machine, privileged(one.stop), say);
  if (startTime(one.pid) !== one.startTime) return true;
  return (
    (await perform(machine, privileged(["kill", "-TERM", `${one.pid}`]), say)) &&
    (await isGone(one.pid, one.startTime, 60_000))
  );
}

/**
 * Stops what earlier set-ups started on this machine, newest first, and nothing else; what would not stop stays written
 * down. Resolves to the names of what is still running.
 */
export async function stopStarted(machine: Machine, say: Say): Promise<string[]> {
  const left: Started[] = [];
  for (const one of recorded(machine).reverse()) {
    if (!(await stop(machine, one, say))) left.unshift(one);
  }
  write(machine, left);
  return left.map(one => (one.kind === "daemon" ? `${one.what} (pid ${one.pid})` : one.what));
}
