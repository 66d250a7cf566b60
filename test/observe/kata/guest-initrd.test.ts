import { describe, expect, test } from "vitest";
import type { Command } from "../../../src/model/command.ts";
import type { Event } from "../../../src/model/evidence.ts";
import type { Testbed } from "../../../src/model/testbed.ts";
import { type GuestInitrdParts, guestInitrd } from "../../../src/observe/kata/guest-initrd.ts";

const vsock = ["vsock", "vmw_vsock_virtio_transport_common", "vmw_vsock_virtio_transport"];
const listing = [
  "virtio_pci: builtin virtio_pci",
  ...vsock.map(name => `vmw_vsock_virtio_transport: insmod /lib/modules/6.12/${name}.ko.xz `),
  "virtiofs: insmod /lib/modules/6.12/virtiofs.ko ",
  "virtio_net: modprobe: FATAL: Module virtio_net not found",
].join("\n");

/** Says what modprobe says, and gives each module its path as contents. */
function source(): Testbed & { readonly ran: Command[] } {
  const ran: Command[] = [];
  const contents = (path: string) => Buffer.from(`\x7fELF${path}`);
  return {
    kind: "container",
    ran,
    run: async command => {
      ran.push(command);
      const { argv } = command;
      const isListing = argv.join().includes("--show-depends");
      const read = argv.slice(5).map(path => `${contents(path).length}\n${contents(path)}`);
      const stdout = Buffer.from(isListing ? listing : read.join(""));
      return { argv, ending: { kind: "exited", code: 0 }, stdout, stderr: new Uint8Array(), durationMs: 1 };
    },
    write: async () => {},
    fetch: async () => new Uint8Array(),
    [Symbol.asyncDispose]: async () => {},
  };
}

const parts = (changes: Partial<GuestInitrdParts> = {}): GuestInitrdParts & { events: Event[] } => {
  const events: Event[] = [];
  return {
    source: source(),
    kernelRelease: "6.12",
    base: { read: async () => Buffer.from("base") },
    path: "/var/lib/kata-verify/guest.initrd",
    busybox: Buffer.from("busybox"),
    standin: Buffer.from("standin"),
    rootfsId: "rootfs",
    decompress: async (_, contents) => contents,
    emit: event => events.push(event),
    events,
    ...changes,
  };
};

describe("the guest's initrd", () => {
  test("has the base and the modules that are not built in, in order, and says what modprobe said", async () => {
    const one = parts();
    const { file } = await guestInitrd(one);
    const made = Buffer.from(await file.read()).toString("latin1");
    expect(made.startsWith("base")).toBe(true);
    expect(made).toContain([...vsock, "virtiofs"].map(name => `${name}.ko\n`).join(""));
    expect([file.path, file.size]).toEqual(["/var/lib/kata-verify/guest.initrd", made.length]);
    expect(one.events).toMatchObject([{ kind: "observed", step: "kata.modules", seen: { stdout: listing } }]);
  });

  test("is kept under a key: no module is read again", async () => {
    const kept = new Map<string, Uint8Array>();
    const keep = async (key: string, make: () => Promise<Uint8Array>) => {
      const made = kept.get(key) ?? (await make());
      kept.set(key, made);
      return made;
    };
    const first = await guestInitrd(parts({ keep }));
    const testbed = source();
    const again = await guestInitrd(parts({ keep, source: testbed }));
    expect(again.key).toBe(first.key);
    expect(testbed.ran).toHaveLength(1);
    expect([...kept.keys()]).toEqual([first.key]);
  });

  test.each<[string, Partial<GuestInitrdParts>]>([
    ["another base", { base: { read: async () => Buffer.from("other") } }],
    ["another root file system", { rootfsId: "other" }],
    ["another busybox", { busybox: Buffer.from("other") }],
    ["another stand-in", { standin: Buffer.from("other") }],
  ])("has another key for %s", async (_, changes) => {
    expect((await guestInitrd(parts(changes))).key).not.toBe((await guestInitrd(parts())).key);
  });

  test("asks for more modules where they are wanted", async () => {
    const testbed = source();
    await guestInitrd(parts({ source: testbed, more: ["ext4"] }));
    expect(testbed.ran[0]?.argv).toContain("ext4");
  });
});
