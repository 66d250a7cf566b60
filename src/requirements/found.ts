import type { Facts } from "../model/evidence.ts";
import type { Target } from "../model/target.ts";
import type { Arch, VmmId } from "../model/words.ts";
import type { Owned } from "../packages/index.ts";
import { vmms } from "../vmms/index.ts";
import { virtiofsdPaths } from "./virtiofsd-paths.ts";

type Paths = NonNullable<Facts["paths"]>;

const imagePaths = [
  /^(?:\/usr)?\/lib\/modules\/([^/]+)\/vmlinuz$/,
  /^\/boot\/vmlinuz-([^/]+)$/,
  /^\/boot\/vmlinux-([^/]+)$/,
] as const;

const configPaths = (release: string): string[] => [
  `/usr/lib/modules/${release}/config`,
  `/lib/modules/${release}/config`,
  `/boot/config-${release}`,
];

/** Everybody's for containerd; for Kata, those of Fedora's package and of Kata's own installation. */
const containerPaths = {
  containerd: ["/usr/bin/containerd", "/usr/local/bin/containerd"],
  ctr: ["/usr/bin/ctr", "/usr/local/bin/ctr"],
  runc: ["/usr/bin/runc", "/usr/sbin/runc", "/usr/local/bin/runc", "/usr/local/sbin/runc"],
  kataShim: ["/usr/bin/containerd-shim-kata-v2", "/usr/local/bin/containerd-shim-kata-v2"],
  kataTool: ["/usr/bin/kata-runtime", "/usr/local/bin/kata-runtime"],
  // The administrator's comes first, for Kata too.
  kataConfig: [
    "/etc/kata-containers/configuration.toml",
    "/usr/share/kata-containers/defaults/configuration.toml",
    "/usr/share/defaults/kata-containers/configuration.toml",
  ],
} as const;

const candidates = (target: Target, vmm: VmmId, arch: Arch) => {
  const own = target.paths?.vmm?.[vmm]?.[arch];
  return {
    vmm: own === undefined ? vmms[vmm].binaries(arch) : [own],
    virtiofsd: target.paths?.virtiofsd === undefined ? virtiofsdPaths : [target.paths.virtiofsd],
  };
};

const anywhere = (paths: readonly string[]): string[] => [...new Set(paths.map(path => path.replace(/^.*\//, "*/")))];

/** Patterns for the package database that find every part under test, and parts at paths that are not known. */
export function searched(target: Target, vmm: VmmId, arch: Arch): string[] {
  const known = candidates(target, vmm, arch);
  return [
    ...anywhere(known.vmm),
    ...anywhere(known.virtiofsd),
    ...["*/lib/modules/*/vmlinuz", "/boot/vmlinuz-*", "/boot/vmlinux-*"],
    ...["*/lib/modules/*/config", "/boot/config-*"],
    // Everything of containerd's has its name, folders too.
    ...Object.values(containerPaths).flat(),
  ];
}

/** Runs of digits as numbers, so that 6.9 comes before 6.12. */
const natural = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** What the package database has of each part; the newest kernel where there are several. */
export function chosen(found: readonly Owned[], target: Target, vmm: VmmId, arch: Arch): Paths {
  const known = candidates(target, vmm, arch);
  const present = new Set(found.map(({ path }) => path));
  const kernels = found.flatMap(({ path }) => {
    const release = imagePaths.map(form => form.exec(path)?.[1]).find(one => one !== undefined);
    return release === undefined ? [] : [{ release, path }];
  });
  const kernel = kernels.sort((a, b) => natural(b.release, a.release) || natural(a.path, b.path))[0];
  const config = kernel && configPaths(kernel.release).find(path => present.has(path));
  const binary = known.vmm.find(path => present.has(path));
  const daemon = known.virtiofsd.find(path => present.has(path));
  const ofContainers = Object.entries(containerPaths).flatMap(([name, paths]) => {
    const path = paths.find(one => present.has(one));
    return path === undefined ? [] : [[name, path]];
  });
  return {
    ...Object.fromEntries(ofContainers),
    ...(binary === undefined ? {} : { vmm: binary }),
    ...(daemon === undefined ? {} : { virtiofsd: daemon }),
    ...(kernel === undefined ? {} : { kernelRelease: kernel.release, kernelImage: kernel.path }),
    ...(config === undefined ? {} : { kernelConfig: config }),
  };
}

/** Files of those names that a package brought to a place that is not known, documentation aside. */
export function elsewhere(found: readonly Owned[], names: readonly string[]): string[] {
  return found
    .map(({ path }) => path)
    .filter(path => names.some(name => path.endsWith(`/${name}`)) && !path.startsWith("/usr/share/"));
}
