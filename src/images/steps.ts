import { setTimeout as sleep } from "node:timers/promises";
import type { Command, Observation, Seen } from "../model/command.ts";
import { type Reason, reason } from "../model/reason.ts";
import type { Testbed } from "../model/testbed.ts";
import { type Emit, seen } from "../observe/seen.ts";
import { withoutAddresses } from "./mask.ts";
import { lastLines, Unprepared } from "./unprepared.ts";

/** Runs commands of an installation, each an observed step whose addresses are masked. */
export interface Steps {
  /** What was seen, all of it, whatever it was. */
  observe(id: string, command: Command): Promise<Seen>;
  /** Rejects with `Unprepared` unless it exits with 0. A mirror that does not answer is asked again, and that is counted. */
  must(id: string, command: Command): Promise<Seen>;
}

export interface StepsOptions {
  readonly testbed: Testbed;
  readonly diagnose: (seen: Seen) => Reason | null;
  readonly emit: Emit;
  readonly tell: (message: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds before each further attempt. */
  readonly retryAfterMs?: readonly number[];
}

const whole = ({ argv, ending, stdout, stderr, durationMs }: Observation): Seen => {
  const [out, err] = [stdout, stderr].map(bytes => Buffer.from(bytes).toString("utf8"));
  return { argv: [...argv], ending, stdout: out ?? "", stderr: err ?? "", durationMs };
};

/** What package managers print is read to its last line. */
const wholeBytes = 32 * 2 ** 20;

const succeeded = ({ ending }: Seen) => ending.kind === "exited" && ending.code === 0;

export function openSteps({
  testbed,
  diagnose,
  emit,
  tell,
  signal,
  retryAfterMs = [2_000, 10_000],
}: StepsOptions): Steps {
  const retries: { what: string; count: number }[] = [];

  const observe = async (id: string, command: Command): Promise<Seen> => {
    const observation = await testbed.run({ wholeBytes, ...command });
    const kept = seen(observation);
    const masked = { stdout: withoutAddresses(kept.stdout), stderr: withoutAddresses(kept.stderr) };
    emit({ kind: "observed", step: id, seen: { ...kept, ...masked } });
    return whole(observation);
  };

  const must = async (id: string, command: Command): Promise<Seen> => {
    for (let count = 0; ; count += 1) {
      const last = await observe(id, command);
      if (succeeded(last)) return last;
      const masked = { ...last, stdout: withoutAddresses(last.stdout), stderr: withoutAddresses(last.stderr) };
      const why = diagnose(masked) ?? reason("harness.output-unreadable", `${id} failed`, lastLines(masked));
      const wait = why.code === "infra.mirror-down" ? retryAfterMs[count] : undefined;
      if (wait === undefined) throw new Unprepared("install", why);
      tell("the package mirror does not answer; asking again");
      retries.splice(0, retries.length, ...retries.filter(one => one.what !== id), { what: id, count: count + 1 });
      emit({ kind: "fact", name: "retries", value: [...retries] });
      await sleep(wait, undefined, signal ? { signal } : {});
    }
  };
  return { observe, must };
}
