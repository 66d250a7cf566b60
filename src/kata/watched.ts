import type { Command } from "../model/command.ts";
import type { Lane } from "./lane.ts";
import { logPlaces } from "./logs.ts";

/** Exit code of a client that was ended because the logs said that what it waits for is dead. */
export const endedEarly = 75;

/** How the last line on standard error begins then; the line of the log that said it follows. */
export const endedEarlySays = "kata-verify: what the client waits for is dead:";

/**
 * What Kata's shims log when the VMM or virtiofsd has ended, and a guest kernel that panicked: after any of them no client is
 * answered, and Kata says so only when its time-outs are over, or never. Only before a container is asked to stop: then the
 * first two are as they should be. An extended regular expression of POSIX.
 */
export const deadly = [
  // Go.
  ...["QEMU exited with an error", "Stop logging QEMU", "virtiofsd quits"],
  // Rust.
  ...["finished reading qemu stderr", "wait virtiofsd "],
  ...["Kernel panic - not syncing"],
].join("|");

/** Seconds between two looks at the logs, the first of which an answer that comes soon does not wait for. */
const everySeconds = "2";

/** Seconds that a shim has, after the line, to give its client an answer of its own. */
const graceSeconds = "3";

/**
 * A client's command that ends with `endedEarly` soon after a log said that what it waits for is dead, not at its own deadline.
 * All such commands of a lane read the logs from where they ended when it began. Not for one that stops a container.
 */
export const watched = (lane: Pick<Lane, "folder">, { argv, ...rest }: Command): Command => ({
  ...rest,
  argv: ["sh", "-c", script, "sh", logPlaces(lane), deadly, everySeconds, graceSeconds, ...argv],
});

/**
 * A descriptor of the shell's own is at its end after each look, so a look reads what is new; `head` puts it at its start. The
 * watcher holds none of the command's streams: whoever reads those waits for the client alone. The shell says of a process
 * that was killed what is of no interest.
 */
const script = `
places=$1 deadly=$2 every=$3 grace=$4; shift 4
watch() {
  { read -r first one; read -r second other; } <"$places"
  for log in "$first" "$second"; do [ -e "$log" ] || : >>"$log"; done
  exec 4<"$first" 5<"$second"
  head -c "$one" <&4; head -c "$other" <&5
  until said=$(grep -aEm1 -e "$deadly" <&4 || grep -aEm1 -e "$deadly" <&5); do sleep "$every"; done
  printf '%s\\n' "$said" >"$places.said"
  sleep "$grace"
  kill -KILL "$1"
}
"$@" & client=$!
{ sleep "$every"; watch "$client"; } </dev/null >/dev/null 2>&1 & watcher=$!
wait "$client" 2>/dev/null; code=$?
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null || exit "$code"
printf '%s ' '${endedEarlySays}' >&2; cat "$places.said" >&2
exit ${endedEarly}
`;
