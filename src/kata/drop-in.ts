import type { Step } from "../model/command.ts";
import type { Arch, KataRuntime } from "../model/words.ts";
import type { VirtiofsdKind } from "../vmms/virtiofsd.ts";
import { type TimeOuts, timeOuts } from "./time-outs.ts";
import { readStrings, toml } from "./toml.ts";

/** What boots in the distro's VMM: Kata takes an initrd or an image, never both. */
export type DropInGuest = { readonly kernel: string } & (
  | {
      readonly initrd: string;
      /** The initrd's program that is to be the first, where it is not `/init`. */
      readonly init?: string;
    }
  | { readonly image: string }
);

/** What was found on the testbed, and how slow that is. All paths are absolute and on the testbed. */
export interface DropIn {
  readonly runtime: KataRuntime;
  readonly arch: Arch;
  readonly vmm: string;
  readonly virtiofsd?: { readonly path: string; readonly kind: VirtiofsdKind };
  /** Without it, Kata's own kernel boots with the image or initrd that Kata made for it. */
  readonly guest?: DropInGuest;
  /** `kernel_params` of Kata's own file: a drop-in replaces it, so it is said again. */
  readonly kernelParams: string;
  /** 32 hexadecimal digits: on the guest kernel's command line as `kata-verify.nonce=…`. */
  readonly nonce: string;
  /** Of the guest; Kata's own where it is not told. */
  readonly memoryMiB?: number;
  /** Whether the testbed lets a VMM use io_uring, which Kata asks for by default. */
  readonly ioUring: boolean;
  /** How many times slower than with KVM; at least 1. */
  readonly slowness: number;
}

const hypervisor = "hypervisor.qemu";

/** Kata takes less for a mistake, and 2048 instead. */
const leastMemoryMiB = 256;

function boot(guest: DropInGuest | undefined) {
  if (guest === undefined) return {};
  return "initrd" in guest
    ? { kernel: guest.kernel, initrd: guest.initrd, image: "" }
    : { kernel: guest.kernel, image: guest.image, initrd: "" };
}

/**
 * By default Kata's agent writes some 45 lines to the guest's console for each program that is started; an emulated CPU needs
 * 30 ms to pass one on, and so as long again as for the program.
 */
const agentLog = "agent.log=warn";

function parameters({ kernelParams, nonce, guest, slowness }: DropIn, { hotplug }: TimeOuts): string {
  const init = guest !== undefined && "initrd" in guest ? guest.init : undefined;
  return [
    kernelParams,
    ...(init === undefined ? [] : [`rdinit=${init}`]),
    ...(slowness > 1 ? [`agent.hotplug_timeout=${hotplug}`] : []),
    agentLog,
    `kata-verify.nonce=${nonce}`,
  ]
    .filter(one => one !== "")
    .join(" ");
}

/** Kata passes these to either daemon; the one in C knows its own words only. What Kata writes before them cannot be changed. */
const wordsOfC = ["--thread-pool-size=1", "-o", "announce_submounts"];

/** The keys that name virtiofsd, and what Kata is to pass to it. */
export const virtiofs = (virtiofsd: DropIn["virtiofsd"]) =>
  virtiofsd && {
    virtio_fs_daemon: virtiofsd.path,
    ...(virtiofsd.kind === "c" ? { virtio_fs_extra_args: wordsOfC } : {}),
  };

const agent = (runtime: KataRuntime, limits: TimeOuts) =>
  runtime === "go"
    ? { dial_timeout: limits.agent }
    : { reconnect_timeout_ms: limits.agent * 1000, create_container_timeout: limits.container };

/**
 * The one file of the harness beside Kata's configuration, as TOML; everything else is Kata's own. Of `hypervisor` and `agent`
 * the Go runtime refuses keys that it does not know, so each runtime gets its own.
 */
export function dropIn(one: DropIn): string {
  const limits = timeOuts(one.slowness);
  return toml({
    [hypervisor]: {
      path: one.vmm,
      ...boot(one.guest),
      // Kata's file names the firmware of Kata's release, which is not taken; a kernel boots without.
      ...(one.arch === "arm64" ? { firmware: "" } : {}),
      kernel_params: parameters(one, limits),
      ...virtiofs(one.virtiofsd),
      ...(one.memoryMiB === undefined ? {} : { default_memory: Math.max(leastMemoryMiB, one.memoryMiB) }),
      ...(one.ioUring ? {} : { block_device_aio: "threads" }),
      // Without, neither runtime reads the guest's console; the one in Go says it only where it is to debug itself.
      enable_debug: true,
    },
    "agent.kata": agent(one.runtime, limits),
    ...(one.runtime === "go" ? { runtime: { enable_debug: true, create_container_timeout: limits.container } } : {}),
  });
}

/** What Kata's own file, or a drop-in, says of the guest; absent keys are left to the runtime. */
export function readConfiguration(document: string) {
  const found = readStrings(document, hypervisor);
  return {
    vmm: found.get("path"),
    virtiofsd: found.get("virtio_fs_daemon"),
    kernel: found.get("kernel"),
    initrd: found.get("initrd"),
    image: found.get("image"),
    kernelParams: found.get("kernel_params"),
  };
}

/** Where Kata looks for drop-ins: beside the configuration file itself, not beside a link to it. */
const folder = (config: string): string => `${config.slice(0, config.lastIndexOf("/") + 1)}config.d`;

/** Drop-ins count in the order of their names, and Kata's own installer uses names up to 50. */
export const dropInPath = (config: string): string => `${folder(config)}/90-kata-verify.toml`;

/** Writes the drop-in, and prints what is in the file then. */
export const writeDropIn = (config: string, document: string): Step => ({
  id: "kata.drop-in",
  command: {
    argv: ["sh", "-c", 'mkdir -p "$1" && cat >"$2" && cat "$2"', "sh", folder(config), dropInPath(config)],
    stdin: document,
    timeoutMs: 10_000,
  },
});
