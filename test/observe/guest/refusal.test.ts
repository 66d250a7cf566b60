import { describe, expect, it } from "vitest";
import { refusedBy } from "../../../src/observe/guest/refusal.ts";
import { workloads } from "../../../src/workloads/index.ts";
import { exampleBoot } from "../../workloads/boot.ts";

const who = (stderr: string) => refusedBy(stderr, exampleBoot, Object.values(workloads))?.id;

describe("whom a VMM refuses", () => {
  it.each([
    [
      "qemu-system-x86_64: -device vhost-vsock-pci,disable-modern=true,vhostfd=12,id=vsock-3: 'vhost-vsock-pci' is not a valid device model name",
      "vsock",
    ],
    [
      'qemu-system-x86_64: -device driver=virtio-net-pci,netdev=network-0,mac=02:5e:ed:5e:ed:00: failed to find romfile "efi-virtio.rom"',
      "network",
    ],
    [
      "qemu-system-x86_64: -netdev tap,id=network-0,vhost=on,vhostfds=5,fds=4: vhost-net requested but could not be initialized",
      "network",
    ],
    [
      "qemu-system-x86_64: -chardev socket,id=char-virtiofs,path=/x/virtiofs.sock: Failed to connect to '/x/virtiofs.sock': Connection refused",
      "virtiofs",
    ],
    [
      "qemu-system-x86_64: -device vhost-user-fs-pci,chardev=char-virtiofs,tag=kataShared: 'vhost-user-fs-pci' is not a valid device model name",
      "virtiofs",
    ],
    [
      "qemu-system-x86_64: -object rng-random,id=rng0,filename=/dev/urandom: invalid object type: rng-random",
      "entropy",
    ],
    [
      "qemu-system-x86_64: -drive id=image-block,file=/x/block.img,aio=threads: aio=threads was specified, but is not supported in this build.",
      "block",
    ],
    ["qemu-system-x86_64: -chardev socket,id=charconsole0,path=/x/console.sock: no", "console"],
    ["standin launch: network: kv5eed5eed@192.0.2.1: EPERM", "network"],
    ["standin launch: network-vhost: /dev/vhost-net: EACCES", "network"],
    ["standin launch: /usr/bin/qemu-system-x86_64: ENOENT", undefined],
    ['qemu-system-x86_64: unsupported machine type: "q35"', undefined],
    ["qemu-system-x86_64: -device pci-bridge,bus=pcie.0: 'pci-bridge' is not a valid device model name", undefined],
    ["", undefined],
  ])("%s", (stderr, id) => {
    expect(who(stderr)).toBe(id);
  });
});
