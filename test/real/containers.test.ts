import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare } from "../../src/images/rootfs.ts";
import { runtimeCapabilities } from "../../src/kata/capabilities.ts";
import { clear } from "../../src/kata/clear.ts";
import { askContainerd, readAnswer } from "../../src/kata/containerd.ts";
import type { Seen, Step } from "../../src/model/command.ts";
import { Target } from "../../src/model/target.ts";
import { ContainerWorkloadId } from "../../src/model/words.ts";
import { furnishing } from "../../src/observe/kata/furnish.ts";
import { newLane } from "../../src/observe/kata/new-lane.ts";
import { runLane } from "../../src/observe/kata/run-lane.ts";
import { seen } from "../../src/observe/seen.ts";
import { standinPath } from "../../src/observe/standin-path.ts";
import { type ContainerTestbed, openContainerTestbed } from "../../src/testbeds/container.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import { containerWorkloads } from "../../src/workloads/containers/index.ts";
import { leftovers } from "../../src/workloads/containers/leftovers.ts";
import { evidence } from "../judge/evidence.ts";
import { arch, testCache } from "./base-image.ts";
import { containersOf, openEngine } from "./engine-socket.ts";
import { tools } from "./tools.ts";

const run = `test-${randomBytes(4).toString("hex")}`;
const catalogFile = join(import.meta.dirname, "..", "..", "images", "debian-13.json");
const ctr = "/usr/bin/ctr";
const runc = "io.containerd.runc.v2";

/** Stands before runc in the shim's search path, and changes the OCI configuration of a bundle as it is told. */
const wrapperPath = "/usr/local/sbin/runc";
const changePath = "/run/kata-verify/change";
const wrapper = `#!/bin/sh
last=
for word; do
  [ "$last" != --bundle ] || [ ! -e ${changePath} ] || sh ${changePath} "$word"
  last=$word
done
PATH=/usr/sbin:/usr/bin:/sbin:/bin
exec runc "$@"
`;

let testbed: ContainerTestbed;
let snapshotter: string;

beforeAll(async () => {
  const engine = await openEngine();
  const { standin, busybox } = await tools(engine);
  const target = Target.parse(JSON.parse(await readFile(catalogFile, "utf8")));
  const prepared = {
    ...{ run, cache: testCache, standin, candidates: [], emit: () => {}, tell: () => {} },
    also: ["containerd"],
  } as const;
  const { imageId } = await prepare(engine, target, arch, prepared);
  testbed = await openContainerTestbed(engine, {
    ...{ image: imageId, run, standin, devices: [], mounts: [], network: "none" },
    ...{ capabilities: runtimeCapabilities, confinement: "containers" },
  });
  const binaries = {
    ...({ source: "path", runtime: "go", version: "0", digest: "0", vouched: "nobody" } as const),
    ...{ shim: "/none", config: "/none" },
  };
  const tree = { binaries, files: [], links: [] };
  const parts = { arch, tree, standin: standinPath, busybox, containerd: "/usr/bin/containerd", ctr } as const;
  await furnishing(parts).furnish(testbed);
  const answer = readAnswer(seen(await testbed.run(askContainerd(ctr).command)));
  expect(answer?.version).toMatch(/^1\.7\./);
  snapshotter = answer?.snapshotter ?? "native";
  await testbed.write(wrapperPath, wrapper, 0o755);
}, 900_000);

afterAll(async () => {
  await testbed?.[Symbol.asyncDispose]();
  expect(await containersOf(`${runLabel}=${run}`)).toEqual([]);
});

interface Ran {
  readonly nonce: string;
  readonly steps: Readonly<Record<string, Seen>>;
}

/** Runs lanes of those names one after the other, under runc; `change` is a script that is given each bundle. */
async function lane(name: "control" | "kata", nonce: string, ids: readonly ContainerWorkloadId[], change?: string) {
  const steps: Record<string, Seen> = {};
  const act = async ({ id, command }: Step): Promise<Seen> => {
    const saw = seen(await testbed.run(command));
    steps[id] = saw;
    return saw;
  };
  if (change !== undefined) await testbed.write(changePath, change);
  const common = { name, runtime: runc, ctr, snapshotter, nonce, standin: standinPath, timeScale: 1 } as const;
  const workloads = containerWorkloads.filter(({ id }) => ids.includes(id));
  await runLane({ lane: newLane(common), workloads, act, sandboxMs: 15_000 });
  await testbed.run({ argv: ["rm", "-f", changePath], timeoutMs: 5_000 });
  return steps;
}

async function bothLanes(ids: readonly ContainerWorkloadId[], change?: string): Promise<Ran> {
  const nonce = randomBytes(16).toString("hex");
  return { nonce, steps: { ...(await lane("control", nonce, ids)), ...(await lane("kata", nonce, ids, change)) } };
}

/** What each check says, by the workload's id. */
function judged({ nonce, steps }: Ran, ids: readonly ContainerWorkloadId[]): Record<string, string> {
  const facts = { kataNonce: nonce, acceleration: "kvm" } as const;
  return Object.fromEntries(
    containerWorkloads
      .filter(({ id }) => ids.includes(id))
      .map(({ id, check }) => {
        const said = check.judge(evidence({ facts, steps }));
        if (said.outcome === "pass") return [id, "pass"];
        const { code, message, detail } = said.reason;
        return [id, `${said.outcome} ${code}: ${message}${said.outcome === "error" ? `\n${detail}` : ""}`];
      }),
  );
}

const all = ContainerWorkloadId.options;

describe("container workloads under runc", () => {
  test("hold as a control, and runc in Kata's place is refused for the kernel that it shares", async () => {
    const ran = await bothLanes(all);
    expect(judged(ran, all)).toEqual({
      ...Object.fromEntries(all.map(id => [id, "pass"])),
      "own-kernel": "fail kata.no-vm: The container has the testbed's boot id: it shares its kernel",
      resources: expect.stringMatching(/^fail kata\.resources: The guest had (\d+) kB of memory, and \1 kB with/),
      // A container of the runner's has no loop devices.
      block: expect.stringMatching(/^error control\.failed: Under runc: There is no loop device on the testbed$/m),
      again: "fail kata.again: Two sandboxes in a row ran on the same kernel",
    });
  });

  test.each<[string, ContainerWorkloadId, RegExp, string]>([
    ["a root file system that takes no files", "rootfs", /^fail kata\.rootfs: A file that was written/, readOnlyRoot()],
    ["a network namespace of its own", "network", /^fail kata\.network: eth0 has not the address/, ownNetwork()],
    [
      "a copy in the volume's place",
      "volume",
      /^fail kata\.volume: The container could not read the volume$/,
      copiedVolume(),
    ],
    ["a memory limit that nobody sets", "limits", /^fail kata\.limits: .*the memory limit is/, noMemoryLimit()],
    ["a CPU quota that nobody sets", "limits", /^fail kata\.limits: .*the CPU quota is/, noQuota()],
    [
      "a second container with another volume",
      "pod",
      /^fail kata\.pod: .*what the second wrote/,
      copiedVolume("second"),
    ],
    ["a process that stays", "stop", /^fail kata\.leftovers: .*left: process \d+ sh/, stayingProcess()],
    ["a mount that stays", "stop", /^fail kata\.leftovers: .*left: mount \/mnt\/kv-kata-/, stayingMount()],
    ["an interface that stays", "stop", /^fail kata\.leftovers: .*left: link tap0_kata$/, stayingLink()],
  ])("%s is seen", async (_, id, says, change) => {
    expect(judged(await bothLanes([id], change), [id])[id]).toMatch(says);
    await testbed.run({ argv: ["sh", "-c", cleanScript], timeoutMs: 10_000 });
  });

  test("are cleared away by force where they were not asked to end", async () => {
    const nonce = randomBytes(16).toString("hex");
    const one = { name: "kata", runtime: runc, ctr, snapshotter, nonce, standin: standinPath, timeScale: 1 } as const;
    const there = newLane(one);
    const say = async ({ command }: Step) => seen(await testbed.run(command)).stdout.split("\n");
    const steps = await lane("kata", nonce, ["own-kernel"]);
    expect(steps["kata.cleared"]?.stdout.split("\n")).toEqual(
      expect.arrayContaining([expect.stringMatching(/^process \d+ sh$/), `container ${there.ids.sandbox}`, "cleared"]),
    );
    expect((await say(leftovers(there, "left"))).filter(line => line !== "")).toEqual(["looked"]);
    expect(await say(clear(there))).toEqual(["cleared", ""]);
  });

  test("tell nothing where they break under runc already", async () => {
    const nonce = randomBytes(16).toString("hex");
    const steps = {
      ...(await lane("control", nonce, ["limits"], noQuota())),
      ...(await lane("kata", nonce, ["limits"])),
    };
    expect(judged({ nonce, steps }, ["limits"])["limits"]).toMatch(/^error control\.failed: Under runc: .*CPU quota/);
  });
});

/** What the changes below leave. */
const cleanScript = `
pkill() { for one in /proc/[0-9]*; do grep -qa "[k]v-kata-[^/]*-stays" "$one/cmdline" && kill -9 "\${one#/proc/}"; done; }
pkill 2>/dev/null
/run/kata-verify/busybox ip link del tap0_kata 2>/dev/null
for at in /mnt/*; do umount "$at" && rmdir "$at"; done 2>/dev/null
true
`;

function readOnlyRoot(): string {
  return edit('s#"root":{"path":"rootfs"#&,"readonly":true#');
}

function ownNetwork(): string {
  return edit('s#"type":"network","path":"[^"]*"#"type":"network"#');
}

/** As a share that is synchronised once would be. */
function copiedVolume(only = ""): string {
  return `case $1 in *${only}) ;; *) exit ;; esac
volume=$(grep -o '/run/kata-verify/kv-kata-[0-9a-f]*/volume' "$1/config.json" | head -n 1)
cp -a "$volume" "$volume-copy"
${edit('s#"source":"\\(/run/kata-verify/[^"]*/volume\\)"#"source":"\\1-copy"#')}`;
}

function noMemoryLimit(): string {
  return edit('s#"memory":{"limit":[0-9]*}#"memory":{}#');
}

function noQuota(): string {
  return edit('s#"quota":[0-9]*#"quota":-1#');
}

function stayingProcess(): string {
  return `setsid sh -c 'sleep 1000; :' "\${1##*/}-stays" </dev/null >/dev/null 2>&1 &\n`;
}

function stayingMount(): string {
  return `mkdir -p "/mnt/\${1##*/}" && mount -t tmpfs stays "/mnt/\${1##*/}"\n`;
}

function stayingLink(): string {
  return "/run/kata-verify/busybox ip link add tap0_kata type veth\n";
}

/** A change of the bundle's configuration, which containerd writes in one line. */
function edit(expression: string): string {
  return `sed -i '${expression}' "$1/config.json"\n`;
}
