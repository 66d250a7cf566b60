import * as z from "zod";
import { Arch, PackageManagerId, VmmId } from "./words.ts";

const Id = z.string().regex(/^[a-z0-9]+(-[a-z0-9.]+)*$/, "lower-case words joined by dashes, such as fedora-44");
const Packages = z.array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]*$/, "a package name"));
const Sha256 = z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hexadecimal digits");
const AbsolutePath = z.string().startsWith("/");

/** A repository to add to what the image brings, named by what it is and never by a mirror's address. */
const AptRepository = z.strictObject({
  suite: z.string(),
  components: z.array(z.string()).min(1),
  /** Packages are taken from this suite where it has them. */
  prefer: z.boolean().default(false),
});

const DnfRepository = z.strictObject({
  /** A repository id that the image already has. */
  id: z.string(),
  /** Replaces its metalink, for releases whose repositories moved to the distro's archive host. */
  baseurl: z.url().optional(),
});

const KnownIssue = z.strictObject({
  check: z.string(),
  scenario: z.string().optional(),
  url: z.url(),
  note: z.string(),
  /** The day on which it was found: passes from before are then in doubt. */
  since: z.iso.date().optional(),
});

/** A distro release under test: data only, strict, one file each, named after its id. */
export const Target = z
  .strictObject({
    $schema: z.string().optional(),
    id: Id,
    title: z.string(),
    /** `ID` of os-release. */
    distro: z.string(),
    /** `VERSION_ID` of os-release; absent where the distro has none (sid). */
    release: z.string().optional(),
    arches: z.array(Arch).min(1),
    /** The last day with updates that anybody can get, as ISO date. */
    endOfLife: z.iso.date().optional(),
    packageManager: PackageManagerId,
    image: z.strictObject({
      /** Registry, repository and tag: `docker.io/library/debian:13`. */
      reference: z.string().regex(/^[a-z0-9.-]+(:[0-9]+)?\/[a-z0-9._/-]+:[A-Za-z0-9._-]+$/, "registry/repository:tag"),
      /** Absent where it is not known: never invented. */
      digest: z.partialRecord(Arch, Sha256).default({}),
    }),
    /** How to make the base root file system where the registry does not answer. */
    bootstrap: z
      .strictObject({
        tool: z.literal("mmdebstrap"),
        suite: z.string(),
        components: z.array(z.string()).min(1).default(["main"]),
      })
      .optional(),
    repositories: z.array(z.union([AptRepository, DnfRepository])).default([]),
    packages: z.strictObject({
      vmm: z.partialRecord(VmmId, z.partialRecord(Arch, Packages)),
      virtiofsd: Packages,
      kernel: z.partialRecord(Arch, Packages),
      /** With its command line client and runc; of what the distro has not, upstream's release is added. */
      containerd: Packages.default([]),
      /** The distro's own Kata, where it has one. */
      kata: Packages.default([]),
      /** Not the distro's stack: what the harness itself needs on the testbed. */
      harness: Packages.default([]),
    }),
    /** Where the distro puts a part, when it is not where most do. */
    paths: z
      .strictObject({
        vmm: z.partialRecord(VmmId, z.partialRecord(Arch, AbsolutePath)).optional(),
        virtiofsd: AbsolutePath.optional(),
      })
      .optional(),
    /** Where the package names, paths and dates above come from. */
    sources: z.array(z.strictObject({ fact: z.string(), from: z.string() })).min(1),
    maintainers: z.array(z.string()).default([]),
    knownIssues: z.array(KnownIssue).default([]),
  })
  .describe("A distro release under test");
export type Target = z.infer<typeof Target>;
export type AptRepository = z.infer<typeof AptRepository>;
export type DnfRepository = z.infer<typeof DnfRepository>;
