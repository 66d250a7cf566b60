import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { openScratch, partOf } from "../../images/scratch.ts";
import { standinInTools, type Tools } from "../../images/tools.ts";
import type { Preflight } from "../../model/runner.ts";
import type { Container, Engine } from "../engine.ts";
import { charDevice, cpio, directory, file } from "../initramfs/cpio.ts";
import { kvmAccess, lookAtRunner, type RunnerLook } from "./kvm.ts";
import { signed } from "./processor.ts";
import { lasts, preflightFile, recall, renewed } from "./remembered.ts";

export interface PreflightOptions {
  readonly engine: Engine;
  readonly tools: Tools;
  /** Where it is remembered until the runner boots again. */
  readonly cache: string;
  /** Looks again, whatever is remembered. */
  readonly fresh?: boolean;
  /** Id of the run. */
  readonly run: string;
  /** `uid:gid` of the runner's user. */
  readonly user: string;
  /** KVM's node; /dev/kvm unless told. */
  readonly device?: string;
  readonly signal?: AbortSignal | undefined;
}

const folder = "/preflight";
const marker = "kata-verify: a kernel booted";

/** Milliseconds that a kernel has for it: less than two seconds with a KVM that works, and ten times that on an emulated processor. */
const patienceMs = { real: 15_000, emulated: 150_000 } as const;

const init = `#!/bin/busybox sh
echo "${marker}"
exec /bin/busybox poweroff -f
`;

/** With the tools' own kernel. */
const script = `cd ${folder}
for kernel in /boot/vmlinuz-*; do :; done
case $(uname -m) in
  x86_64) set -- qemu-system-x86_64 -machine q35; console=ttyS0 ;;
  *) set -- qemu-system-aarch64 -machine virt,gic-version=host; console=ttyAMA0 ;;
esac
exec "$@" -accel kvm -cpu host -m 256M -nodefaults -no-user-config -no-reboot -display none \\
  -kernel "$kernel" -initrd initrd -append "console=$console panic=-1" -serial stdio
`;

const initrd = ({ busybox }: Tools) =>
  cpio([
    file("init", init, 0o755),
    file("bin/busybox", busybox, 0o755),
    ...["dev", "proc"].map(name => directory(name)),
    charDevice("dev/console", 5, 1),
  ]);

/**
 * What this runner's KVM is worth: whether a kernel boots with it as far as its first program. That /dev/kvm opens says
 * nothing: there are software KVMs on which no distro's kernel comes up. Asked once until the runner boots again; what only took too
 * long is asked again the next time. Rejects where the engine fails, which says nothing of KVM.
 */
export async function preflight(options: PreflightOptions): Promise<Preflight> {
  const { device, ...common } = await lookAtRunner(options.device);
  if (!device) return { kvm: "absent", ...common, saw: "there is no /dev/kvm" };
  const path = await preflightFile(options.cache, options.tools.key);
  const known = options.fresh ? undefined : await recall(path);
  if (known) return renewed(known, common);
  const seen = await tryOut(options, common);
  if (!lasts(seen)) return seen;
  await mkdir(dirname(path), { recursive: true });
  const part = partOf(path);
  await writeFile(part, JSON.stringify(seen));
  await rename(part, path);
  return seen;
}

type Seen = Pick<Preflight, "kvm" | "saw">;

/** Who runs the processor, as it says itself; undefined where it does not say that anybody does, or the engine did not let it be asked. */
async function signatureOf(container: Container, signal: AbortSignal | undefined): Promise<string | undefined> {
  const { code, stdout } = await container.exec([standinInTools, "cpuid"], signal === undefined ? {} : { signal });
  const text = Buffer.from(stdout).toString("latin1");
  return code === 0 && text !== "" ? text.trim() : undefined;
}

async function tryOut(options: PreflightOptions, look: Omit<RunnerLook, "device">): Promise<Preflight> {
  const { engine, tools, run, user, device, signal } = options;
  await using scratch = await openScratch();
  await writeFile(join(scratch.path, "initrd"), initrd(tools));
  await using container = await engine.start({
    image: tools.imageId,
    run,
    user,
    ...(await kvmAccess(device)),
    capabilities: [],
    mounts: [{ source: scratch.path, target: folder, readOnly: true }],
    network: "none",
  });
  const signature = await signatureOf(container, signal);
  const processor = signed(look, signature);
  const seen = await boot(container, processor.emulated ? patienceMs.emulated : patienceMs.real, signal);
  return { ...seen, ...look, ...processor, ...(signature === undefined ? {} : { signature }) };
}

/** What output so far proves; QEMU stays up after an error of KVM, with its CPU stopped. */
export function readBoot(printed: string): Seen | undefined {
  if (printed.includes(marker)) return { kvm: "boots", saw: "a kernel booted to its first program" };
  const trouble = /^.*(?:KVM internal error|KVM: entry failed|kvm run failed|qemu-system-\w+: (?!warning: )).*$/m.exec(
    printed,
  )?.[0];
  const code = /^emulation failure$/m.test(printed) ? ", emulation failure" : "";
  return trouble === undefined ? undefined : { kvm: "unusable", saw: `${trouble.trim()}${code}` };
}

async function boot(container: Container, patience: number, signal: AbortSignal | undefined): Promise<Seen> {
  const late = AbortSignal.timeout(patience);
  const ending = signal === undefined ? late : AbortSignal.any([late, signal]);
  let printed = "";
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Uint8Array) => {
      printed += Buffer.from(chunk).toString("latin1");
      // What belongs to an error comes with it.
      if (readBoot(printed) !== undefined) setTimeout(resolve, 50);
    };
    const failed = (failure: unknown) => (late.aborted ? resolve() : reject(failure));
    const streams = { onStdout: take, onStderr: take, signal: ending };
    container.exec(["sh", "-c", script], streams).then(() => resolve(), failed);
  });
  signal?.throwIfAborted();
  const silent = late.aborted ? `no kernel booted within ${patience / 1000} s` : "QEMU ended before a kernel booted";
  return readBoot(printed) ?? { kvm: "unusable", saw: silent };
}
