import * as z from "zod";
import type { Step } from "../model/command.ts";
import type { KataRuntime } from "../model/words.ts";

/** The paths that Kata uses, as it says itself; empty where it uses none, absent where it does not say. */
export interface Resolved {
  readonly vmm?: string | undefined;
  readonly virtiofsd?: string | undefined;
  readonly kernel?: string | undefined;
  readonly initrd?: string | undefined;
  readonly image?: string | undefined;
  readonly kernelParams?: string | undefined;
  /** The configuration file itself. */
  readonly from?: string | undefined;
}

const Path = z.looseObject({ Path: z.string().optional() }).optional();

/** Of what `kata-runtime env --json` prints. */
const GoEnv = z.looseObject({
  Kernel: z.looseObject({ Path: z.string(), Parameters: z.string().optional() }),
  Initrd: Path,
  Image: Path,
  Hypervisor: z.looseObject({ Path: z.string(), VirtioFSDaemon: z.string().optional() }),
  Runtime: z.looseObject({ Config: Path }).optional(),
});

const path = z.looseObject({ path: z.string().optional() }).optional();

/** Of what `kata-ctl env --json` prints. */
const RustEnv = z.looseObject({
  kernel: z.looseObject({ path: z.string(), parameters: z.string().optional() }),
  initrd: path,
  image: path,
  hypervisor: z.looseObject({ path: z.string(), virtio_fs_daemon: z.string().optional() }),
  runtime: z.looseObject({ config: path }).optional(),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What Kata's own tool printed; undefined where it printed anything else. */
export function readEnv(printed: string): Resolved | undefined {
  const json = parsed(printed);
  const go = GoEnv.safeParse(json).data;
  if (go)
    return {
      ...{ vmm: go.Hypervisor.Path, virtiofsd: go.Hypervisor.VirtioFSDaemon },
      ...{ kernel: go.Kernel.Path, kernelParams: go.Kernel.Parameters },
      ...{ initrd: go.Initrd?.Path, image: go.Image?.Path, from: go.Runtime?.Config?.Path },
    };
  const rust = RustEnv.safeParse(json).data;
  if (rust)
    return {
      ...{ vmm: rust.hypervisor.path, virtiofsd: rust.hypervisor.virtio_fs_daemon },
      ...{ kernel: rust.kernel.path, kernelParams: rust.kernel.parameters },
      ...{ initrd: rust.initrd?.path, image: rust.image?.path, from: rust.runtime?.config?.path },
    };
  return undefined;
}

const field = (text: string, name: string): string | undefined => new RegExp(`\\b${name}: "([^"]*)"`).exec(text)?.[1];

/** The line by which the Rust shim logs the configuration that it starts with; undefined where there is none. */
export function readLoggedConfig(log: string): Resolved | undefined {
  const line = log.split("\n").find(one => one.includes("get config content"));
  const [, vmms = ""] = line?.split(/\bhypervisor: \{/) ?? [];
  const [, hypervisor = ""] = vmms.split('"qemu": Hypervisor {');
  const boot = hypervisor.slice(hypervisor.indexOf("BootInfo {"));
  const vmm = field(hypervisor, "path");
  if (vmm === undefined) return undefined;
  return {
    ...{ vmm, virtiofsd: field(hypervisor, "virtio_fs_daemon"), kernel: field(boot, "kernel") },
    ...{ kernelParams: field(boot, "kernel_params"), initrd: field(boot, "initrd"), image: field(boot, "image") },
  };
}

/**
 * Asks Kata's own tool which configuration is in force. Only the one of the Go runtime takes a configuration from elsewhere
 * than where Kata looks by itself, and as root it tries out the testbed's vsock, which may take as long as it likes.
 */
export const askConfiguration = (runtime: KataRuntime, tool: string, configPath?: string): Step => ({
  id: "kata.configuration",
  command: {
    argv: [tool, ...(runtime === "go" && configPath !== undefined ? ["--config", configPath] : []), "env", "--json"],
    timeoutMs: 20_000,
  },
});
