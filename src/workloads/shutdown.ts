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
  after: ({ folder, tap }) => [
    {
      id: "guest.shutdown",
      command: { argv: ["sh", "-c", whatIsLeft, "sh", folder, tap], timeoutMs: 30_000 },
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
      const left = seen.stdout
        .split("\n")
        .filter(line => line !== "" && !/^vmm exited 0$|^virtiofsd (?:exited|signalled) /.test(line));
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

/** virtiofsd sees its VMM go a moment after the VMM is gone, if it ever saw it come. */
const whatIsLeft = `
folder=$1 tap=$2 tries=50
vmm=$(cat "$folder/vmm.pid.ended" 2>/dev/null || echo runs)
echo "vmm $vmm"
if [ -e "$folder/virtiofsd.pid" ]; then
  while [ "$vmm" = "exited 0" ] && [ ! -e "$folder/virtiofsd.pid.ended" ] && [ "$tries" -gt 0 ]; do
    sleep 0.1; tries=$((tries - 1))
  done
  echo "virtiofsd $(cat "$folder/virtiofsd.pid.ended" 2>/dev/null || echo runs)"
fi
[ ! -e "/sys/class/net/$tap" ] || echo "interface $tap"
grep -o " 00010000 .*$folder/.*" /proc/net/unix | while read -r flags rest; do echo "socket \${rest##* }"; done
`;
