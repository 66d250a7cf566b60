import { belongings, belongingsInput } from "../../kata/belongings.ts";
import { furniture, type Lane } from "../../kata/lane.ts";
import { error, type Judgement } from "../../model/check.ts";
import type { Seen, Step } from "../../model/command.ts";
import { unfinished } from "../../requirements/cut-short.ts";
import type { Told } from "../marks.ts";
import { onTestbed } from "./scripts.ts";

/**
 * Looks for what a lane's containers have or left, and prints a line for each: `process PID NAME`, `mount PATH`, `cgroup PATH`,
 * `emptied PATH` for a cgroup without a process, `state PATH`, `link NAME` of the testbed's own network with a name of Kata's,
 * `inside NAME` of the lane's network namespace; in the end `looked`.
 */
export const leftovers = (lane: Lane, name: string): Step => {
  const tries = Math.ceil(40 * lane.timeScale);
  const { command, ...step } = onTestbed(lane, name, [script, furniture.busybox, String(tries)]);
  return { ...step, command: { ...command, stdin: belongingsInput(lane), timeoutMs: 30_000 + tries * 200 } };
};

const looked = (seen: Seen): boolean => seen.stdout.split("\n").includes("looked");

/** A look at the testbed that did not come to its end, which proves nothing of what is left; undefined where each did, or was not begun. */
export function unlooked({ steps }: Told, names: readonly string[]): Judgement | undefined {
  for (const name of names) {
    const seen = steps[name];
    if (seen === undefined || looked(seen)) continue;
    const why = unfinished(name, seen);
    if (why) return error(why.code, why.message, why.detail);
    return error("harness.output-unreadable", `${name} does not say that it came to its end`, seen.stdout.slice(-2000));
  }
  return undefined;
}

const isInside = (line: string) => line.startsWith("inside ");
const isEmptied = (line: string) => line.startsWith("emptied ");

/**
 * What is there that was not before, or is not there that was, as a clause. Of a network namespace that it was given, Kata
 * takes its tap away with nothing: whoever made the namespace removes both.
 */
export function left(before: Seen | undefined, after: Seen | undefined, forgives: Forgives = {}): string | undefined {
  const [was, is] = [before, after].map(seen => seen?.stdout.split("\n"));
  if (!was || !is) return "nobody looked at what was left";
  const more = is.filter(line => !was.includes(line) && !isInside(line) && !(forgives.emptied && isEmptied(line)));
  if (more.length > 0) return `there is left: ${more.join(", ")}`;
  const lost = was.filter(line => isInside(line) && !is.includes(line));
  return lost.length > 0 ? `the network was not given back as it was, without ${lost.join(", ")}` : undefined;
}

/** Whether a process was still there when it was waited for no longer. */
export const outlived = (before: Seen | undefined, after: Seen | undefined): boolean =>
  (after?.stdout.split("\n") ?? []).some(
    line => line.startsWith("process ") && !before?.stdout.split("\n").includes(line),
  );

export interface Forgives {
  /** Cgroups without a process: both runtimes try for 0.15 s to remove them, which on an emulated CPU is no time. */
  readonly emptied?: boolean;
}

/** How many of them were left. */
export const emptied = (after: Seen | undefined): number => (after?.stdout.split("\n") ?? []).filter(isEmptied).length;

/** A shim ends a moment after it has answered that its last container is gone. */
const script = `
busybox=$1 tries=$2
${belongings}
while found=$(processes); [ -n "$found" ] && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
[ -z "$found" ] || printf '%s\\n' "$found"
mounts
cgroups
states
links() { while read -r link rest; do case $link in *:*) echo "$1 \${link%%:*}" ;; esac; done; }
links link </proc/net/dev | grep _kata
"$busybox" nsenter --net="$namespace" "$busybox" cat /proc/net/dev | links inside
echo looked
`;
