import type { Step } from "../model/command.ts";
import { belongings, belongingsInput } from "./belongings.ts";
import { client } from "./ctr.ts";
import { furniture, type Lane } from "./lane.ts";

/**
 * Ends and removes by force what a lane's containers have left, for a testbed that stays: the step `LANE.cleared`. Prints a line
 * for each thing that it took away, and in the end `cleared`.
 */
export const clear = (lane: Lane): Step => ({
  id: `${lane.name}.cleared`,
  command: {
    argv: ["sh", "-c", script, "sh", furniture.busybox, ...client(lane)],
    stdin: belongingsInput(lane),
    timeoutMs: 60_000,
  },
});

/**
 * Processes come first: a shim that hangs would keep the client waiting. containerd cleans up after a shim that is gone, by
 * calling another, and not all of it. The mount of the network namespace is the setting's.
 */
const script = `
busybox=$1; shift
${belongings}
bounded() { timeout -s KILL 10 "$@" 2>/dev/null; }
end() { processes | while read -r kind pid name; do kill -KILL "$pid" && echo "$kind $pid $name"; done; }
end
for id in $(bounded "$@" container list --quiet | theirs); do
  bounded "$@" task delete --force "$id" >/dev/null && echo "task $id"
  bounded "$@" container delete "$id" >/dev/null && echo "container $id"
done
end
mounts | sort -r | while read -r kind at; do
  [ "$at" = "$namespace" ] || { "$busybox" umount -l "$at" && echo "$kind $at"; }
done
cgroups | sort -r | while read -r kind path; do rmdir "$path" && echo "$kind $path"; done
states | sort -r | while read -r kind path; do "$busybox" rm -rf "$path" && echo "$kind $path"; done
echo cleared
`;
