import { run } from "../../kata/ctr.ts";
import { pass } from "../../model/check.ts";
import { lines } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { ended, kataInstead, lanes } from "./example.ts";

const title = "A container's limits are in force in its cgroup, and a program that takes more memory is killed for it";

const limits = { memoryBytes: 16 * 1024 * 1024, cpuQuota: 50_000, cpuPeriod: 100_000 };
const greedy = String(limits.memoryBytes * 1.5);
/** SIGKILL, as a shell and an OCI runtime say it. */
const killed = 137;

const said = (memory: number | string, hog = killed) =>
  `cgroup 2\nmemory ${memory}\ncpu 50000 100000\nswap 0\nhog ${hog}\nkills ${hog === killed ? 1 : 0}\n`;
const proven = lanes(() => ({ limits: ended(killed, said(limits.memoryBytes)) }));

export const containerLimits: ContainerWorkload = {
  id: "limits",
  letter: "G",
  title,
  steps: lane => [
    {
      id: `${lane.name}.limits`,
      command: run(
        lane,
        {
          id: lane.ids.limited,
          role: "member",
          limits,
          // Nobody but Kubernetes mounts it by itself.
          mounts: ["type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro:nosuid:noexec:nodev"],
        },
        ["sh", "-c", script, "sh", greedy],
        40_000,
      ),
    },
  ],
  check: containerCheck({
    id: "limits",
    title,
    code: "kata.limits",
    prove: (lane, evidence) => {
      const seen = evidence.steps[`${lane}.limits`];
      const found = lines(evidence, `${lane}.limits`);
      if (seen === undefined || !found.has("cgroup")) return "A second container of the pod did not show its cgroup";
      const cpu = `${limits.cpuQuota} ${limits.cpuPeriod}`;
      const wrong = [
        found.get("memory") !== String(limits.memoryBytes) &&
          `the memory limit is ${found.get("memory")}, ${limits.memoryBytes} was asked`,
        found.get("cpu") !== cpu && `the CPU quota is ${found.get("cpu")}, ${cpu} was asked`,
        !wasKilled(found, seen.ending) && "a program that took more memory was not killed for it",
      ].filter(one => one !== false);
      if (wrong.length > 0) return `In the container's cgroup, ${wrong.join("; ")}`;
      return pass(`cgroup v${found.get("cgroup")}: ${limits.memoryBytes} bytes, CPU ${cpu}; who takes more is killed`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { limits: ended(0, said("max", 0)) }) },
  }),
};

/** A kernel that can swap out, as a runner's may, need not kill. */
function wasKilled(found: ReadonlyMap<string, string>, ending: { readonly kind: string; readonly code?: unknown }) {
  if (found.get("swap") !== "0") return true;
  const [hog, kills] = [found.get("hog"), Number(found.get("kills") ?? 0)];
  return hog === String(killed) && kills > 0 && ending.kind === "exited" && ending.code === killed;
}

/**
 * Without a cgroup namespace the mount shows all of the hierarchy, and /proc/self/cgroup the place in it. `dd` takes a block
 * of that size and writes to all of it, which on an emulated CPU costs a millisecond and more for each page.
 */
const script = `
root=/sys/fs/cgroup at=/sys/fs/cgroup
while IFS=: read -r number controllers path; do
  [ "$number" != 0 ] || [ ! -e "$root$path/memory.max" ] || at=$root$path
done </proc/self/cgroup
if [ -e "$at/memory.max" ]; then
  echo "cgroup 2"
  echo "memory $(cat "$at/memory.max")"
  echo "cpu $(cat "$at/cpu.max")"
  events=$at/memory.events
else
  echo "cgroup 1"
  echo "memory $(cat "$root/memory/memory.limit_in_bytes")"
  echo "cpu $(cat "$root/cpu/cpu.cfs_quota_us") $(cat "$root/cpu/cpu.cfs_period_us")"
  events=$root/memory/memory.oom_control
fi
while read -r key value rest; do [ "$key" != SwapTotal: ] || echo "swap $value"; done </proc/meminfo
dd if=/dev/zero of=/dev/null bs="$1" count=1 2>/dev/null
hog=$?
echo "hog $hog"
while read -r key value; do [ "$key" != oom_kill ] || echo "kills $value"; done <"$events"
exit "$hog"
`;
