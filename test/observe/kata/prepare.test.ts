import { expect, it } from "vitest";
import type { Event, Package } from "../../../src/model/evidence.ts";
import type { ContainerWorkloadId } from "../../../src/model/words.ts";
import type { Guard } from "../../../src/observe/cell.ts";
import type { Exercise } from "../../../src/observe/exercise.ts";
import { prepareKata } from "../../../src/observe/kata/prepare.ts";
import { evidence } from "../../judge/evidence.ts";
import { type Answered, scriptedTestbed } from "./testbed.ts";

const guestInitrd = "/opt/kata/share/kata-containers/kata-containers.initrd";
const binaries = {
  ...{ source: "path", runtime: "go", version: "4.0.0", digest: "aa", vouched: "nobody", guestInitrd },
  ...{ shim: "/opt/kata/bin/containerd-shim-kata-v2", config: "/opt/kata/configuration-qemu.toml" },
};
const shim = "/usr/bin/containerd-shim-kata-v2";
const owner: Package = {
  name: "kata-containers",
  version: "4.0.0-1",
  arch: "amd64",
  repository: null,
  candidate: true,
};

/** What a container with the root file system was asked, and what became of Kata. */
async function prepared(cell: object, answers: Readonly<Record<string, Answered>> = {}) {
  const container = scriptedTestbed(answers);
  const events: Event[] = [];
  const base = { path: guestInitrd, mode: 0o644, size: 4, read: async () => Buffer.from("base") };
  const one = {
    cell: { ...evidence({}).cell, kata: { source: "path", path: "/k" }, ...cell },
    container,
    parts: {
      ...{
        vmm: "/usr/bin/qemu-system-x86_64",
        containerd: "/usr/bin/containerd",
        ctr: "/usr/bin/ctr",
        runc: "/usr/sbin/runc",
        kernelRelease: "6.12",
      },
      ...{ kataShim: shim, kataConfig: "/etc/kata-containers/configuration.toml" },
    },
    rootfs: { imageId: "i", key: "k", cached: true, events: [{ kind: "fact", name: "packages", value: [owner] }] },
    hands: {
      guestParts: {
        busybox: Buffer.from("b"),
        standin: Buffer.from("s"),
        decompress: async (_: string, c: Buffer) => c,
      },
      kata: async () => ({ binaries, files: [base], links: [] }),
    },
    emit: (event: Event) => void events.push(event),
    guard: async (_: string, __: unknown, work: () => Promise<void>) => work(),
  } as unknown as Exercise;
  const { kata } = await prepareKata(one);
  return {
    kata,
    ran: container.ran.map(({ argv }) => argv),
    steps: events.map(event => "step" in event && event.step),
  };
}

it.each<[readonly ContainerWorkloadId[], boolean]>([
  [["own-kernel", "stop"], false],
  [["own-kernel", "block", "stop"], true],
])(
  "the guest of a distro's kernel has the drivers of disks where a container is given one: %j",
  async (containers, has) => {
    const { scenario } = evidence({}).cell;
    const { ran } = await prepared({ scenario: { ...scenario, containers } });
    const asked = ran.find(argv => argv.join("\n").includes("--show-depends"));
    expect(asked).toContain("virtiofs");
    expect(["virtio_blk", "virtio_scsi", "sd_mod"].map(name => asked?.includes(name))).toEqual([has, has, has]);
  },
);

it("the distro's own Kata is asked what it is, whose, and where its configuration really is", async () => {
  const config = "/usr/share/defaults/kata-containers/configuration-qemu.toml";
  const { kata, steps } = await prepared(
    { kata: { source: "distro" } },
    {
      "--version": {
        stdout: 'Kata Containers containerd shim (Golang): id: "io.containerd.kata.v2", version: 4.0.1\n',
      },
      "readlink\n-f\n/etc": { stdout: `${config}\n` },
      "dpkg-query": { stdout: `\u001e${shim}\nkata-containers: ${shim}\n` },
    },
  );
  expect(kata?.tree.binaries).toMatchObject({ source: "distro", version: "4.0.1", shim, config });
  expect(kata?.initrd).toBeUndefined();
  expect(steps).toEqual(expect.arrayContaining(["kata-distro.version", "kata-distro.owner", "kata-distro.config"]));
});

it("nothing is got where the distro ships no VMM to run it on", async () => {
  const { cell, request } = evidence({});
  const guard: Guard = (_stage, _tiers, work) => work().catch(error => error);
  const got = () => Promise.reject(new Error("asked for"));
  const one = { cell: { ...cell, ...request }, parts: {}, hands: { kata: got, addition: got }, guard };
  const { kata, bugs } = await prepareKata(one as unknown as Exercise);
  expect(kata).toBeUndefined();
  expect(bugs).toMatchObject([{ name: "Unprepared", reason: { code: "vmm.not-packaged" } }]);
});
