import { pass } from "../model/check.ts";
import { guestSaid, printed } from "./example.ts";
import { guestCheck } from "./guest-check.ts";
import type { Workload } from "./workload.ts";

const title = "The guest powers off by itself and leaves nothing on the testbed";
const gone = "vmm exited 0\nvirtiofsd exited 0\n";

export const shutdown: Workload = {
  id: "shutdown",
  title,
  modules: [],
  devices: () => [],
  script: "poweroff -f",
  after: ({ folder, standin, tap }) => [
    {
      id: "guest.shutdown",
      command: { argv: ["sh", "-c", whatIsLeft, "sh", folder, tap, standin], timeoutMs: 30_000 },
    },
  ],
  check: guestCheck({
    id: "shutdown",
    title,
    modules: [],
    code: "guest.shutdown",
    prove: (said, { steps }) => {
      const seen = steps["guest.shutdown"];
      if (!said.has("begin")) return "The guest never came to its end";
      if (seen === undefined) return "Nobody looked at what was left";
      const left = seen.stdout.split("\n").filter(line => line !== "" && !/^(?:vmm|virtiofsd) exited 0$/.test(line));
      return left.length > 0
        ? `After the guest's end: ${left.join("; ")}`
        : pass("QEMU exited with 0; no process, socket or interface of the guest is left");
    },
    examples: {
      pass: guestSaid([], { "guest.shutdown": printed(gone) }),
      fail: guestSaid([], { "guest.shutdown": printed("vmm exited 0\nvirtiofsd runs\ninterface kv5eed5eed\n") }),
    },
  }),
};

/** virtiofsd sees its VMM go a moment after the VMM is gone. */
const whatIsLeft = `
folder=$1 tap=$2 tries=50
for name in vmm virtiofsd; do
  [ -e "$folder/$name.pid" ] || continue
  while [ ! -e "$folder/$name.pid.ended" ] && [ "$tries" -gt 0 ]; do sleep 0.1; tries=$((tries - 1)); done
  if [ -e "$folder/$name.pid.ended" ]; then echo "$name $(cat "$folder/$name.pid.ended")"; else echo "$name runs"; fi
done
[ ! -e "/sys/class/net/$tap" ] || echo "interface $tap"
grep -o " 00010000 .*$folder/.*" /proc/net/unix | while read -r flags rest; do echo "socket \${rest##* }"; done
`;
