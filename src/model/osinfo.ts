import * as z from "zod";
import { Arch, Instant, Part, VmmId } from "./words.ts";

const Source = z.strictObject({ fact: z.string(), from: z.string() });
const AbsolutePath = z.string().startsWith("/");
const Package = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]*$/, "a package name");

const KernelFlavour = z.strictObject({ package: Package, flavour: z.string(), arches: z.array(Arch).min(1) });
const Firmware = z.strictObject({ package: Package, title: z.string(), arch: Arch, path: AbsolutePath });

/** The distro's own package of Kata; of a distro that was looked through and has none, `ships` is false. */
const OwnKata = z.strictObject({
  ships: z.boolean(),
  package: Package.optional(),
  version: z.string().optional(),
  /** How to reach who maintains it: an address of the distro's that is meant for that. */
  maintainer: z.string().optional(),
});

/** What no run can tell of a release, kept by hand: `osinfo/<id>.json`. What nobody knows is left out. */
export const OsFacts = z
  .strictObject({
    $schema: z.string().optional(),
    /** That of the target, where `images/` has one. */
    id: z.string().regex(/^[a-z0-9]+(-[a-z0-9.]+)*$/, "lower-case words joined by dashes"),
    /** Of a release that is no target: what it is. */
    title: z.string().optional(),
    distro: z.string().optional(),
    release: z.string().optional(),
    packageManager: z.enum(["apt", "dnf", "tdnf", "zypper", "nix"]).optional(),
    kernels: z.array(KernelFlavour).default([]),
    firmware: z.array(Firmware).default([]),
    kata: OwnKata.optional(),
    sources: z.array(Source).min(1),
  })
  .describe("What is known by hand of a distro release");
export type OsFacts = z.infer<typeof OsFacts>;

/** Where a fact was seen. */
const Seen = { at: Instant, link: z.string() };
const Answer = z.looseObject({ answer: z.enum(["yes", "no"]), because: z.string(), ...Seen });
export type Answer = z.infer<typeof Answer>;

const SeenPart = z.looseObject({
  name: z.string(),
  version: z.string().nullable(),
  path: AbsolutePath,
  package: z.string(),
  packageVersion: z.string(),
  repository: z.string(),
  ...Seen,
});
export type SeenPart = z.infer<typeof SeenPart>;

export const OsArch = z.looseObject({
  /** By what they bring; the VMMs by their ids. */
  packages: z.looseObject({
    vmm: z.partialRecord(VmmId, z.array(z.string())),
    virtiofsd: z.array(z.string()),
    kernel: z.array(z.string()),
    containerd: z.array(z.string()),
    kata: z.array(z.string()),
  }),
  parts: z.partialRecord(Part, SeenPart),
  /** By the check that told: `virtio-fs`, `9p`, `aio-io_uring`, `io_uring-allowed`. */
  abilities: z.record(z.string(), Answer),
  /** Which daemon virtiofsd is. */
  virtiofsdIn: z.enum(["rust", "c"]).optional(),
});
export type OsArch = z.infer<typeof OsArch>;

export const OsRelease = z.looseObject({
  id: z.string(),
  title: z.string(),
  distro: z.string(),
  release: z.string().optional(),
  endOfLife: z.string().optional(),
  packageManager: z.string(),
  /** Suites that have to be enabled beside the release's own. */
  suites: z.array(z.string()),
  kernels: z.array(z.looseObject(KernelFlavour.shape)),
  firmware: z.array(z.looseObject(Firmware.shape)),
  kata: z.looseObject(OwnKata.shape).optional(),
  arches: z.partialRecord(Arch, OsArch),
  sources: z.array(z.looseObject(Source.shape)),
});
export type OsRelease = z.infer<typeof OsRelease>;

/** The database that installers and documentation read; readers must ignore fields that they do not know. */
export const Osinfo = z.looseObject({ schemaVersion: z.literal(1), releases: z.array(OsRelease) });
export type Osinfo = z.infer<typeof Osinfo>;
