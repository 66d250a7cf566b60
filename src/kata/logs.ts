import type { Step } from "../model/command.ts";
import { furniture, type Lane } from "./lane.ts";

const logs = [furniture.systemLog, furniture.containerdLog] as const;

const timeoutMs = 10_000;

/** Where it is noted how long each log was when a lane began: `LOG BYTES` a line. */
export const logPlaces = ({ folder }: Pick<Lane, "folder">): string => `${folder}/logs`;

/** Notes how long the logs are when a lane begins, in a file of its folder. */
export const noteLogs = (lane: Pick<Lane, "name" | "folder">): Step => ({
  id: `${lane.name}.log-begin`,
  command: { argv: ["sh", "-c", noteScript, "sh", logPlaces(lane), ...logs], timeoutMs },
});

const noteScript = `
places=$1; shift
for log; do
  size=0
  [ ! -e "$log" ] || size=$(wc -c <"$log")
  echo "$log $size"
done | tee "$places"
`;

/** The shim passes the guest's console on, each line as a word of its own: `vmconsole="…"` in Go, `vm console: …` in Rust. */
const ofConsole = "vmconsole=|vm console:";

/**
 * What the logs had since then: `LANE.log` the shim's and containerd's words, but for what they say to debug, and
 * `LANE.console` the guest's console.
 */
export const readLogs = (lane: Pick<Lane, "name" | "folder">): readonly Step[] => [
  {
    id: `${lane.name}.log`,
    command: { argv: ["sh", "-c", readScript, "sh", logPlaces(lane), "-vaE", `level=debug|${ofConsole}`], timeoutMs },
  },
  {
    id: `${lane.name}.console`,
    command: { argv: ["sh", "-c", readScript, "sh", logPlaces(lane), "-aE", ofConsole], timeoutMs },
  },
];

/** A log that was cut in the middle since is read from its beginning. */
const readScript = `
while read -r log size; do
  [ -e "$log" ] || continue
  [ "$(wc -c <"$log")" -ge "$size" ] || size=0
  tail -c "+$((size + 1))" "$log" | grep "$2" -e "$3"
done <"$1"
exit 0
`;
