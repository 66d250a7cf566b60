import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEngine } from "../real/engine-socket.ts";
import { readVerdict } from "../real/pipeline.ts";
import { kataAtHand } from "./kata-copies.ts";
import { inside, type MachineWithEngines, openMachineWithEngines } from "./machine-with-engines.ts";

const state: { machine?: MachineWithEngines } = {};
const machine = (): MachineWithEngines => {
  if (state.machine === undefined) throw new Error("the machine was not started");
  return state.machine;
};

const patience = { timeoutMs: 600_000 };
/** The engine is where the harness's own programs come from. */
const daemon = "dockerd --bridge=none --iptables=false --ip6tables=false --host=unix:///run/engine.sock";
const settings = `DOCKER_HOST=unix:///run/engine.sock XDG_CACHE_HOME=${inside.project}.cache/real NO_COLOR=1`;
/** Without the cgroup that the engine makes for its containers as it starts its first, and keeps; what is in it is looked at. */
const look =
  "find /sys/fs/cgroup -type d ! -path /sys/fs/cgroup/docker | sort; cut -d ' ' -f 2 /proc/mounts | sort; ls -A /run /opt /var/lib";

/** The indexes that came with the machine's packages, signatures and all, as the mirror of a machine without a network. */
const mirror = `set -e
: >/etc/apt/sources.list
for release in /var/lib/apt/lists/*_InRelease; do
  index=\${release%_InRelease} suite=\${release##*_dists_}; suite=\${suite%_InRelease}
  at=/var/lib/mirror/$suite/dists/$suite
  mkdir -p "$at"
  cp "$release" "$at/InRelease"
  for file in "$index"_main_*; do
    path=$(echo "\${file#"$index"_}" | tr _ /)
    mkdir -p "$at/\${path%/*}"
    cp "$file" "$at/$path"
  done
  echo "deb file:/var/lib/mirror/$suite $suite main" >>/etc/apt/sources.list
done`;

beforeAll(async () => {
  const kata = await execa("tar", ["-c", "-C", kataAtHand(), "."], { encoding: "buffer", maxBuffer: 2 ** 30 });
  state.machine = await openMachineWithEngines(await openEngine());
  await machine().write("/var/tmp/kata.tar", kata.stdout);
  const spawn = `/run/kata-verify/standin spawn /tmp/engine.pid /tmp/engine.log -- ${daemon}`;
  await machine().sh("mkdir /var/tmp/kata && tar -xf /var/tmp/kata.tar -C /var/tmp/kata", patience);
  await machine().sh(`${spawn}; until [ -S /run/engine.sock ]; do sleep 0.5; done`, patience);
  await machine().sh(`${settings} node ${inside.load} ${inside.images} .cache/real/kata-verify`, patience);
  await machine().sh(mirror, patience);
});
afterAll(() => state.machine?.[Symbol.asyncDispose]());

test("this machine runs Kata on its own stack under KVM, and has nothing more afterwards than before", async () => {
  const before = await machine().sh(look, patience);
  const verify = `${inside.launch} ${inside.project} verify debian-13 --testbed local --kata /var/tmp/kata`;
  const said = await machine().sh(
    `${settings} node ${verify} --runtime go --out /var/tmp/results; echo "exit code $?"`,
    { timeoutMs: 1_800_000 },
  );
  const out = await machine().bring("/var/tmp/results", "local-with-kata");
  const [cell] = (await readVerdict(out)).cells;
  if (cell === undefined) throw new Error("a verdict without a cell");
  expect(cell.checks.filter(({ gating, outcome }) => gating && (outcome === "fail" || outcome === "error"))).toEqual(
    [],
  );
  expect(cell).toMatchObject({
    ...{ testbed: "local", acceleration: "kvm-emulated", standing: "provisional", outcome: "pass" },
    tiers: { contract: "pass", guest: "pass", kata: "pass" },
  });
  expect(said).toMatch(/^exit code 0$/m);
  expect(await machine().sh(look, patience)).toBe(before);
});
