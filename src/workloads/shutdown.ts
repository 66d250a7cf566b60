import { because, error, type Judgement, pass } from "../model/check.ts";
import type { Seen } from "../model/command.ts";
import { unfinished } from "../requirements/cut-short.ts";
import { guestSaid, printed } from "./example.ts";
import { guestCheck } from "./guest-check.ts";
import type { Told } from "./marks.ts";
import { emulated } from "./trouble.ts";
import type { Workload } from "./workload.ts";

/** The last that the script says. That of older evidence did not say it. */
const sentinel = "looked";

const title = "The guest powers off by itself and leaves nothing on the testbed";
const gone = "vmm exited 0\nvirtiofsd exited 0\n";

/** What the look after the guest's end found, once it is known to have looked. */
function judgeLeft(told: Told, seen: Seen): Judgement | string {
  const { steps } = told;
  const said = seen.stdout.split("\n").filter(line => line !== "");
  const served = /^waiting\b/m.test(steps["guest.virtiofsd"]?.stdout ?? "");
  const fine = served ? /^vmm exited 0$|^virtiofsd exited 0$/ : /^vmm exited 0$|^virtiofsd (?:exited|signalled) /;
  const why = unfinished("guest.shutdown", seen);
  if (why) return { outcome: "error", reason: why };
  const whole = !seen.argv.some(argument => argument.includes(`echo ${sentinel}\n`)) || said.at(-1) === sentinel;
  if (!whole || !has(said, "vmm") || (served && !has(said, "virtiofsd")))
    return error("harness.output-unreadable", "The look at what was left did not come to its end", seen.stdout);
  const left = said.filter(line => line !== sentinel && !fine.test(line));
  if (left.length === 1 && left[0] === "virtiofsd signalled SIGKILL")
    return error("infra.memory", "virtiofsd was killed, as the kernel does when memory runs out");
  const runs = left.some(line => line === "vmm runs" || line === "virtiofsd runs");
  if (runs && emulated(told))
    return error(
      "infra.slow",
      `After the guest's end, within the time that there is under emulation: ${left.join("; ")}`,
    );
  return left.length > 0
    ? `After the guest's end: ${left.join("; ")}`
    : pass("QEMU exited with 0; no process, socket or interface of the guest is left");
}

const has = (said: readonly string[], key: string) => said.some(line => line.startsWith(`${key} `));

export const shutdown: Workload = {
  id: "shutdown",
  title,
  modules: [],
  devices: () => [],
  script: "poweroff -f",
  after: ({ folder, tap, patienceMs }) => [
    {
      id: "guest.shutdown",
      command: {
        argv: ["sh", "-c", whatIsLeft, "sh", folder, tap, String(Math.ceil(patienceMs / 200))],
        timeoutMs: patienceMs + 20_000,
      },
    },
  ],
  check: guestCheck({
    id: "shutdown",
    title,
    modules: [],
    code: "guest.shutdown",
    prove: (said, told) => {
      const seen = told.steps["guest.shutdown"];
      if (!said.has("begin")) return "The guest never came to its end";
      if (seen === undefined) return because("harness.not-observed", "Nobody looked at what was left");
      return judgeLeft(told, seen);
    },
    examples: {
      pass: guestSaid([], { "guest.shutdown": printed(gone) }),
      fail: guestSaid([], { "guest.shutdown": printed("vmm exited 0\nvirtiofsd runs\ninterface kv5eed5eed\n") }),
    },
  }),
};

/** virtiofsd sees its VMM go a moment after the VMM is gone, if it ever saw it come: it is waited for half of the boot's patience. */
const whatIsLeft = `
folder=$1 tap=$2 tries=$3
vmm=$(cat "$folder/vmm.pid.ended" 2>/dev/null || echo runs)
echo "vmm $vmm"
if [ -e "$folder/virtiofsd.pid" ]; then
  while [ "$vmm" = "exited 0" ] && [ ! -e "$folder/virtiofsd.pid.ended" ] && [ "$tries" -gt 0 ]; do
    sleep 0.1; tries=$((tries - 1))
  done
  echo "virtiofsd $(cat "$folder/virtiofsd.pid.ended" 2>/dev/null || echo runs)"
fi
[ ! -e "/sys/class/net/$tap" ] || echo "interface $tap"
sockets=$(grep -o " 00010000 .*$folder/.*" /proc/net/unix) || [ $? -eq 1 ] || exit
[ -z "$sockets" ] || echo "$sockets" | while read -r flags rest; do echo "socket \${rest##* }"; done
echo ${sentinel}
`;
