import { describe, expect, it } from "vitest";
import { type DropIn, dropIn, dropInPath, readConfiguration, writeDropIn } from "../../src/kata/drop-in.ts";

const nonce = "5eed5eed5eed5eed5eed5eed5eed5eed";
const theirParams = "cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1";

const found: DropIn = {
  runtime: "go",
  arch: "amd64",
  vmm: "/usr/bin/qemu-system-x86_64",
  virtiofsd: { path: "/usr/libexec/virtiofsd", kind: "rust" },
  guest: { kernel: "/boot/vmlinuz-6.12.1", initrd: "/opt/kata/initrd.img", init: "/kata-verify/init" },
  kernelParams: theirParams,
  nonce,
  memoryMiB: 512,
  ioUring: true,
  slowness: 1,
};

const lines = (part: Partial<DropIn> = {}) => dropIn({ ...found, ...part }).split("\n");

/** The lines that another testbed adds, and those that it takes away. */
function changes(part: Partial<DropIn>): { readonly more: string[]; readonly fewer: string[] } {
  const [was, is] = [lines(), lines(part)];
  return { more: is.filter(line => !was.includes(line)), fewer: was.filter(line => !is.includes(line)) };
}

describe("the drop-in", () => {
  it("points Kata's Go runtime at the distro's parts, and leaves the rest as it is", () => {
    expect(dropIn(found)).toBe(`[hypervisor.qemu]
path = "/usr/bin/qemu-system-x86_64"
kernel = "/boot/vmlinuz-6.12.1"
initrd = "/opt/kata/initrd.img"
image = ""
kernel_params = "${theirParams} rdinit=/kata-verify/init agent.log=warn kata-verify.nonce=${nonce}"
virtio_fs_daemon = "/usr/libexec/virtiofsd"
default_memory = 512
enable_debug = true

[agent.kata]
dial_timeout = 45

[runtime]
enable_debug = true
create_container_timeout = 60
`);
  });

  it("says the time-outs in the Rust runtime's words, one of which the Go runtime would refuse", () => {
    expect(changes({ runtime: "rust" })).toEqual({
      more: ["reconnect_timeout_ms = 45000"],
      fewer: ["dial_timeout = 45", "[runtime]"],
    });
    const [, agent = ""] = dropIn({ ...found, runtime: "rust" }).split("[agent.kata]");
    expect(agent).toBe(`
reconnect_timeout_ms = 45000
create_container_timeout = 60
`);
  });

  it("touches neither kernel nor image of Kata's own, where those are to boot", () => {
    const { guest: _, ...own } = found;
    const document = dropIn(own);
    expect(document).not.toMatch(/^(?:kernel|initrd|image) =/m);
    expect(document).not.toContain("rdinit");
    expect(document).toContain(`kernel_params = "${theirParams} agent.log=warn kata-verify.nonce=${nonce}"`);
  });

  it("never names both an initrd and an image", () => {
    expect(changes({ guest: { kernel: "/boot/vmlinuz-6.12.1", image: "/opt/kata/kata.img" } })).toEqual({
      more: [
        'image = "/opt/kata/kata.img"',
        'initrd = ""',
        `kernel_params = "${theirParams} agent.log=warn kata-verify.nonce=${nonce}"`,
      ],
      fewer: [
        'initrd = "/opt/kata/initrd.img"',
        'image = ""',
        `kernel_params = "${theirParams} rdinit=/kata-verify/init agent.log=warn kata-verify.nonce=${nonce}"`,
      ],
    });
  });

  it.each<[string, Partial<DropIn>, string[]]>([
    ["where io_uring is not usable", { ioUring: false }, ['block_device_aio = "threads"']],
    ["where the firmware is Kata's", { arch: "arm64" }, ['firmware = ""']],
    ["below the least memory, for which Kata takes 2048", { memoryMiB: 100 }, ["default_memory = 256"]],
    [
      "where the daemon is the one in C",
      { virtiofsd: { path: "/usr/lib/qemu/virtiofsd", kind: "c" } },
      [
        'virtio_fs_daemon = "/usr/lib/qemu/virtiofsd"',
        'virtio_fs_extra_args = ["--thread-pool-size=1", "-o", "announce_submounts"]',
      ],
    ],
    [
      "where all is eight times slower",
      { slowness: 8 },
      [
        `kernel_params = "${theirParams} rdinit=/kata-verify/init agent.hotplug_timeout=24 agent.log=warn kata-verify.nonce=${nonce}"`,
        "dial_timeout = 96",
        "create_container_timeout = 96",
      ],
    ],
    [
      "where all is slower than can be waited for",
      { slowness: 4000 },
      [
        `kernel_params = "${theirParams} rdinit=/kata-verify/init agent.hotplug_timeout=60 agent.log=warn kata-verify.nonce=${nonce}"`,
        "dial_timeout = 600",
        "create_container_timeout = 600",
      ],
    ],
  ])("differs %s", (_, part, more) => {
    expect(changes(part).more).toEqual(more);
  });

  it("names no daemon where the distro ships none, and no memory where none is told", () => {
    const { virtiofsd: _, memoryMiB: __, ...rest } = found;
    expect(dropIn(rest)).not.toMatch(/virtio_fs|default_memory/);
  });

  it("is read back", () => {
    expect(readConfiguration(dropIn(found))).toEqual({
      vmm: found.vmm,
      virtiofsd: "/usr/libexec/virtiofsd",
      kernel: "/boot/vmlinuz-6.12.1",
      initrd: "/opt/kata/initrd.img",
      image: "",
      kernelParams: `${theirParams} rdinit=/kata-verify/init agent.log=warn kata-verify.nonce=${nonce}`,
    });
  });

  it("lies in the folder beside Kata's file, behind those of Kata's own installer", () => {
    const config = "/opt/kata/share/defaults/kata-containers/configuration-qemu.toml";
    const path = "/opt/kata/share/defaults/kata-containers/config.d/90-kata-verify.toml";
    expect(dropInPath(config)).toBe(path);
    expect(writeDropIn(config, "text").command).toMatchObject({ stdin: "text" });
    expect(writeDropIn(config, "text").command.argv.at(-1)).toBe(path);
  });
});
