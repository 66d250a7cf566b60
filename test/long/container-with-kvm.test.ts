import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../real/engine-socket.ts";
import { readVerdict, saidOf } from "../real/pipeline.ts";
import { inside, type MachineWithEngines, openMachineWithEngines } from "./machine-with-engines.ts";

/** Without a bridge: there is no network in there to reach. Without systemd no engine can leave its cgroups to it. */
const engines = {
  Docker: "dockerd --bridge=none --iptables=false --ip6tables=false --host=unix:///run/engine.sock",
  Podman: "podman --cgroup-manager=cgroupfs --events-backend=file system service --time=0 unix:///run/engine.sock",
} as const;

const state: { machine?: MachineWithEngines } = {};
const machine = (): MachineWithEngines => {
  if (state.machine === undefined) throw new Error("the machine was not started");
  return state.machine;
};

beforeAll(async () => {
  state.machine = await openMachineWithEngines(await openEngine());
});
afterAll(() => state.machine?.[Symbol.asyncDispose]());

const patience = { timeoutMs: 300_000 };
const settings = `DOCKER_HOST=unix:///run/engine.sock XDG_CACHE_HOME=${inside.project}.cache/real NO_COLOR=1`;

describe.each(Object.entries(engines))("a container testbed of %s's where KVM works", (name, daemon) => {
  beforeAll(async () => {
    const spawn = `/run/kata-verify/standin spawn /tmp/engine.pid /tmp/engine.log -- ${daemon}`;
    await machine().sh(`rm -rf .cache/real; ${spawn}; until [ -S /run/engine.sock ]; do sleep 0.5; done`, patience);
    await machine().sh(`${settings} node ${inside.load} ${inside.images} .cache/real/kata-verify`, patience);
  });
  afterAll(async () => {
    const end = 'kill "$(cat /tmp/engine.pid)"; until [ -e /tmp/engine.pid.ended ]; do sleep 0.2; done';
    const room = "rm -rf /var/lib/docker /var/lib/containers/storage";
    await machine().sh(`${end}; rm -f /tmp/engine.* /run/engine.sock; ${room}`, { ...patience, mayFail: true });
  });

  test("passes the contract of all testbeds", async () => {
    const vitest = "node node_modules/vitest/vitest.mjs run -c vitest.real.config.ts test/real/container.test.ts";
    const said = await machine().sh(`${settings} ${vitest}`, { ...patience, mayFail: true });
    expect(said).toMatch(/Tests +(\d+) passed \(\1\)/);
  });

  test("boots the distro's kernel under KVM in the distro's VMM, with all that Kata gives a guest", async () => {
    const verify = `${inside.launch} ${inside.project} verify debian-13 --tier guest --testbed container`;
    const said = await machine().sh(`${settings} node ${verify} --out /var/tmp/results; echo "exit code $?"`, patience);
    const out = await machine().bring("/var/tmp/results", `container-with-kvm-${name}`);
    expect(said).toMatch(/^exit code 0$/m);
    const [cell] = (await readVerdict(out)).cells;
    if (cell === undefined) throw new Error("a verdict without a cell");
    expect(cell).toMatchObject({
      ...{ testbed: "container", acceleration: "kvm-emulated", standing: "provisional", outcome: "pass" },
      tiers: { contract: "pass", guest: "pass" },
    });
    const guest = Object.entries(saidOf(cell)).filter(([id]) => id.startsWith("guest."));
    expect(guest.map(([id]) => id)).toEqual(expect.arrayContaining(["guest.vsock", "guest.virtiofs"]));
    expect(guest.filter(([, outcome]) => outcome !== "pass")).toEqual([]);
    const path = join(out, "debian-13", "amd64", "qemu-distro-kernel", "evidence.json");
    expect(JSON.parse(await readFile(path, "utf8")).facts).toMatchObject({
      runner: { engine: expect.stringMatching(name === "Docker" ? /^Docker / : /^Podman 5\./) },
      preflight: { kvm: "boots", virtualized: true, emulated: true, vhostVsock: true },
    });
  });
});
