import type { KataRuntime } from "../model/words.ts";
import { readConfiguration } from "./drop-in.ts";

/** Where a release of Kata's is on a machine; its own configuration names these places. */
export const releaseFolder = "/opt/kata";

/** Files of a release by their paths below `releaseFolder`; a symbolic link's target, or null for a file. */
export type Listing = ReadonlyMap<string, string | null>;

interface Layout {
  readonly shim: string;
  /** The first that is there. */
  readonly configs: readonly string[];
  /** Where Kata looks for a configuration by itself, on a machine. */
  readonly lookedAt: string;
  /** Prints the configuration in force. */
  readonly tool: string;
}

const defaults = "share/defaults/kata-containers";

/** What Kata's installer calls the parts of each runtime. */
export const layouts: Readonly<Record<KataRuntime, Layout>> = {
  rust: {
    shim: "runtime-rs/bin/containerd-shim-kata-v2",
    configs: [
      `${defaults}/runtime-rs/configuration-qemu-runtime-rs.toml`,
      `${defaults}/configuration-qemu-runtime-rs.toml`,
    ],
    lookedAt: "/etc/kata-containers/runtime-rs/configuration.toml",
    tool: "bin/kata-ctl",
  },
  go: {
    shim: "bin/containerd-shim-kata-v2",
    configs: [`${defaults}/configuration-qemu.toml`],
    lookedAt: "/etc/kata-containers/configuration.toml",
    tool: "bin/kata-runtime",
  },
};

/** Kata's initrd, whose init is its agent; an image, with systemd, is what its configuration names. */
export const guestInitrd = "share/kata-containers/kata-containers-initrd.img";

/** What says which release it is, where the shim cannot be asked. */
export const versionFile = "VERSION";

/** What only Kata 1 had. */
const ofKata1 = /^(?:bin|libexec\/kata-containers)\/kata-(?:proxy|shim|netmon)$/;

export const isKata1 = (listing: Listing): boolean => [...listing.keys()].some(path => ofKata1.test(path));

/** What the distro's own parts stand for in a test: no file of a release that matches may come to a testbed. */
const stoodFor = [
  /^bin\/(?:qemu-|cloud-hypervisor|firecracker|jailer|stratovirt|openvmm)/,
  /^libexec\/(?:virtiofsd|nydusd)/,
  /^share\/kata-qemu\b/,
];

export const isStoodFor = (path: string): boolean => stoodFor.some(form => form.test(path));

export const runtimesOf = (listing: Listing): readonly KataRuntime[] =>
  (["rust", "go"] as const).filter(runtime => listing.has(layouts[runtime].shim));

function normal(path: string): string {
  const kept: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") kept.pop();
    else if (step !== "" && step !== ".") kept.push(step);
  }
  return kept.join("/");
}

const linksMost = 8;

/** A path and, where it is a link, what it leads to in the release, the file last. Undefined where it leads to no file there. */
export function followed(listing: Listing, path: string): readonly [string, ...string[]] | undefined {
  const steps: [string, ...string[]] = [path];
  for (let at = path; steps.length <= linksMost; steps.push(at)) {
    const target = listing.get(at);
    if (target === undefined) return undefined;
    if (target === null) return steps;
    const from = target.startsWith("/") ? target : `${releaseFolder}/${at}/../${target}`;
    const to = `/${normal(from)}`;
    if (!to.startsWith(`${releaseFolder}/`)) return undefined;
    at = to.slice(releaseFolder.length + 1);
  }
  return undefined;
}

/** A part of a release: where it is said to be, and every member that has to be taken for it to be there. */
export interface Part {
  readonly path: string;
  readonly members: readonly string[];
}

function partAt(listing: Listing, path: string): Part | undefined {
  const members = followed(listing, path);
  return members === undefined || members.some(isStoodFor) ? undefined : { path, members };
}

export interface RuntimeParts {
  readonly shim: Part;
  readonly config: Part;
  readonly tool?: Part;
}

/** What of a release is the runtime; or the paths that it lacks. */
export function runtimeParts(
  listing: Listing,
  runtime: KataRuntime,
): RuntimeParts | { readonly lacks: readonly string[] } {
  const layout = layouts[runtime];
  const shim = partAt(listing, layout.shim);
  const config = layout.configs.map(path => partAt(listing, path)).find(part => part !== undefined);
  const tool = partAt(listing, layout.tool);
  if (shim && config) return { shim, config, ...(tool && { tool }) };
  return { lacks: [...(shim ? [] : [layout.shim]), ...(config ? [] : layout.configs.slice(0, 1))] };
}

export interface GuestParts {
  readonly initrd?: Part;
  readonly image?: Part;
  readonly kernel?: Part;
}

const below = (path: string | undefined) =>
  path?.startsWith(`${releaseFolder}/`) ? path.slice(releaseFolder.length + 1) : undefined;

/**
 * What of a release boots in the VMM. Under the distro's kernel that is Kata's initrd alone. Under Kata's own kernel it is what
 * Kata's configuration, whose text is given, says itself. Or the paths that it lacks.
 */
export function guestParts(
  listing: Listing,
  guestKernel: "distro" | "kata",
  configuration: string,
): GuestParts | { readonly lacks: readonly string[] } {
  if (guestKernel === "distro") {
    const initrd = partAt(listing, guestInitrd);
    return initrd ? { initrd } : { lacks: [guestInitrd] };
  }
  const said = readConfiguration(configuration);
  const asked = { kernel: said.kernel, ...(said.initrd ? { initrd: said.initrd } : { image: said.image }) };
  const found = Object.entries(asked).map(([name, path]) => {
    const member = below(path);
    return [name, path, member === undefined ? undefined : partAt(listing, member)] as const;
  });
  const lacks = found.filter(([, , part]) => part === undefined).map(([name, path]) => below(path) ?? path ?? name);
  return lacks.length > 0 ? { lacks } : Object.fromEntries(found.map(([name, , part]) => [name, part]));
}
