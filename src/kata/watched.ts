import type { Command } from "../model/command.ts";
import type { Lane } from "./lane.ts";
import { logPlaces } from "./logs.ts";

/** Exit code of a client that was ended because the logs said that what it waits for is dead. */
export const endedEarly = 75;

/** How the last line on standard error begins then; the line of the log that said it follows. */
export const endedEarlySays = "kata-verify: what the client waits for is dead:";

/** What is never as it should be: a VMM that failed, a guest kernel that panicked. */
const failures = ["QEMU exited with an error", "Kernel panic - not syncing"];

/**
 * What Kata's shims log when the VMM or virtiofsd has ended, in Go and in Rust: as it should be when a sandbox ends, and at no
 * other time.
 */
const ends = ["Stop logging QEMU", "virtiofsd quits", "finished reading qemu stderr", "wait virtiofsd "];

/**
 * After any of them no client is answered, and Kata says so only when its time-outs are over, or never. An extended regular
 * expression of POSIX.
 */
export const deadly = [...failures, ...ends].join("|");

/** Seconds between two looks at the logs, the first of which an answer that comes soon does not wait for. */
const everySeconds = "2";

/**
 * Seconds that a shim has, after the line, to give its client an answer of its own: one that gives up ends its VMM first, and
 * then containerd tries for five seconds to have it clean up.
 */
const graceSeconds = "10";

interface Watch {
  /** Where it is noted from where each log counts; of now where it is not. */
  readonly places: string;
  readonly deadly: string;
}

const watch = (lane: Pick<Lane, "folder">, { places, deadly }: Watch, { argv, ...rest }: Command): Command => ({
  ...rest,
  argv: ["sh", "-c", script, "sh", logPlaces(lane), places, deadly, everySeconds, graceSeconds, ...argv],
});

/**
 * A client's command that ends with `endedEarly` soon after a log said that what it waits for is dead, not at its own deadline.
 * All such commands of a lane read the logs from where they ended when it began. Not for one that stops a container, nor for
 * any after it.
 */
export const watched = (lane: Pick<Lane, "folder">, command: Command): Command =>
  watch(lane, { places: logPlaces(lane), deadly }, command);

/** The same for a command that runs a sandbox of its own from its start to its end: only failures count, and only its own. */
export const watchedToItsEnd = (lane: Pick<Lane, "folder">, command: Command): Command =>
  watch(lane, { places: `${logPlaces(lane)}.now`, deadly: failures.join("|") }, command);

/**
 * A descriptor of the shell's own is at its end after each look, so a look reads what is new; `head` puts it at its start. The
 * watcher holds none of the command's streams: whoever reads those waits for the client alone. The shell says of a process
 * that was killed what is of no interest. Whether the watcher has ended by the time that the client's death is known is chance:
 * what it wrote down is not.
 */
const script = `
began=$1 places=$2 deadly=$3 every=$4 grace=$5; shift 5
[ "$places" = "$began" ] || while read -r log size; do echo "$log $(wc -c <"$log")"; done <"$began" >"$places"
watch() {
  { read -r first one; read -r second other; } <"$places"
  for log in "$first" "$second"; do [ -e "$log" ] || : >>"$log"; done
  exec 4<"$first" 5<"$second"
  head -c "$one" <&4; head -c "$other" <&5
  until said=$(grep -aEm1 -e "$deadly" <&4 || grep -aEm1 -e "$deadly" <&5); do sleep "$every"; done
  printf '%s\\n' "$said" >"$places.said.$$"
  sleep "$grace"
  kill -KILL "$1"
}
"$@" & client=$!
{ sleep "$every"; watch "$client"; } </dev/null >/dev/null 2>&1 & watcher=$!
wait "$client" 2>/dev/null; code=$?
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
[ "$code" = 137 ] && [ -s "$places.said.$$" ] || exit "$code"
printf '%s ' '${endedEarlySays}' >&2; cat "$places.said.$$" >&2
exit ${endedEarly}
`;
