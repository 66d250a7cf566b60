import type { Seen } from "../model/command.ts";
import { type Reason, reason } from "../model/reason.ts";
import { lacking, lackingBy } from "../vmms/lacking.ts";
import { readinessLine } from "./virtiofsd-options.ts";

/** The exit code of a shell whose last program got SIGKILL. */
const killed = 137;

/** What dash and busybox say of any other program that got it; bash puts the line and the pid before it. */
const shellsWords = /^(?:\S+: line \d+: +\d+ )?Killed(?:\s|$)/m;

/**
 * Steps whose standard error holds what a program under test said, which might be the shell's words. A virtiofsd that is tried
 * alone is none: what it says is repeated on standard output, and standard error is the shell's.
 */
const repeats = /^guest\.(?:virtiofsd$|refused-)/;

/** Steps that a guest which does not end leaves without an end of their own: the harness then ends them, and writes down a time-out. */
const outlived: readonly string[] = ["guest.vmm", "guest.virtiofsd-end"];

/** What a step says before it is killed as it is meant to be: by its own script once a daemon is ready, or by the limit that is tried. */
const meant: readonly (readonly [step: RegExp, said: RegExp])[] = [
  [/^virtiofsd\./, new RegExp(readinessLine)],
  [/^(?:control|kata)\.limits$/, /^hog 137$/m],
];

/** What is about the file of the program that was to start: absent, not allowed, not of this machine, behind no path. */
const ofTheFile: readonly string[] = ["ENOENT", "ENOEXEC", "EACCES", "ELIBBAD", "ENOTDIR", "ELOOP"];

/** A testbed without a shell is no testbed: the programs that may be missing or broken are those under test. */
function unstarted(step: string, argv0: string | undefined, errno: string, detail: string): Reason | undefined {
  if (argv0 !== "sh" && ofTheFile.includes(errno)) return undefined;
  const lack = lackingBy(errno);
  const why = lack ? `${errno}, out of ${lack.what}` : errno;
  return reason(lack?.code ?? "infra.testbed-gone", `${step} could not be started: ${why}`, detail);
}

/**
 * Where a program says why it ended: a script of ours anywhere, as it goes on after a line that failed; any other at its end,
 * where what is only a warning is none of it.
 */
function lastWords({ argv, stderr }: Seen): readonly string[] {
  const lines = stderr.trimEnd().split("\n");
  return argv[0] === "sh" ? lines : lines.slice(-5).filter(line => !/\bwarning\b/i.test(line));
}

/** Why the machine, and not the program, is what a failure shows; undefined where it is not. */
function wanting(step: string, seen: Seen, detail: string): Reason | undefined {
  const { argv, ending } = seen;
  if (ending.kind === "notStarted") return unstarted(step, argv[0], ending.code, detail);
  if (ending.kind === "exited" ? ending.code === 0 : ending.kind !== "signalled") return undefined;
  const [lack] = lastWords(seen).flatMap(line => lacking(line) ?? []);
  return lack && reason(lack.code, `${step} ran out of ${lack.what}`, detail);
}

function wasKilled(step: string, { argv, ending, stdout, stderr }: Seen): boolean {
  if (ending.kind === "signalled") return ending.signal === "SIGKILL";
  if (argv[0] !== "sh" || meant.some(([form, said]) => form.test(step) && said.test(stdout))) return false;
  return (ending.kind === "exited" && ending.code === killed) || (!repeats.test(step) && shellsWords.test(stderr));
}

/**
 * Why a program could not say all that it had to, through no doing of its own: where the harness sends SIGKILL it writes down
 * another ending, and the kernel sends it when memory runs out; or the machine had no memory or disk for it. Undefined where it ended by itself, and for the time that a guest took.
 */
export function cutShort(step: string, seen: Seen): Reason | undefined {
  const detail = seen.stderr.trimEnd().split("\n").slice(-3).join("\n");
  if (wasKilled(step, seen))
    return reason("infra.memory", `${step} was killed, as the kernel does when memory runs out`, detail);
  const lacks = wanting(step, seen, detail);
  if (lacks) return lacks;
  if (seen.ending.kind === "truncated")
    return reason("harness.output-unreadable", `${step} said more than ${seen.ending.afterBytes} bytes`, detail);
  if (seen.ending.kind !== "timedOut" || outlived.includes(step)) return undefined;
  return reason("infra.slow", `${step} did not end in time`, detail);
}

/** Why a script, which exits with 0 wherever it comes to its end, did not; undefined where it did. */
export function unfinished(step: string, seen: Seen): Reason | undefined {
  const { ending, stdout, stderr } = seen;
  if (ending.kind === "exited" && ending.code === 0) return cutShort(step, seen);
  const detail = `${stdout}${stderr}`.slice(-2000);
  return cutShort(step, seen) ?? reason("harness.output-unreadable", `${step} did not come to its end`, detail);
}
