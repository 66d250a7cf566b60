import * as z from "zod";
import { Seen } from "./command.ts";
import { loose } from "./loose.ts";
import { Reason } from "./reason.ts";
import { Preflight, Runner } from "./runner.ts";
import { Scenario } from "./scenario.ts";
import { Target } from "./target.ts";
import {
  Acceleration,
  AdditionId,
  Arch,
  Instant,
  KataRuntime,
  KataSource,
  Part,
  Stage,
  TestbedKind,
  Tier,
} from "./words.ts";

export const Tool = z.looseObject({ name: z.literal("kata-verify"), version: z.string(), commit: z.string() });
export type Tool = z.infer<typeof Tool>;

/** A repository by what it says of itself, never by a mirror's address. */
export const Repository = z.looseObject({
  /** `Debian trixie/main`, `fedora`. */
  name: z.string(),
  /** Whether it is one of the distro's own. */
  own: z.boolean(),
});
export type Repository = z.infer<typeof Repository>;

/** What the distro itself has in the place of an installed package that is older. */
export const Update = z.looseObject({
  version: z.string(),
  repository: Repository,
  /** Whether the distro gives it to some machines so far, and not to this one. */
  phased: z.boolean().optional(),
});
export type Update = z.infer<typeof Update>;

export const Package = z.looseObject({
  name: z.string(),
  version: z.string(),
  arch: z.string(),
  /** Null where the package database knows none: a local package file, or a repository that is gone. */
  repository: Repository.nullable(),
  /** Where a repository of the distro's own has a newer version. */
  update: Update.optional(),
  /** Installed from a file given with --with-package. */
  candidate: z.boolean().optional(),
  /** Installed by this run on the machine that it ran on, with the user's consent; it stays there. */
  added: z.boolean().optional(),
});
export type Package = z.infer<typeof Package>;

/** A part of the stack under test, as found on the testbed. */
export const Component = z.looseObject({
  name: z.string(),
  version: z.string().nullable(),
  path: z.string(),
  sha256: z.string().nullable(),
  /** Null where no package owns the path. */
  package: Package.nullable(),
  /** Built by the user, and given with --with-file in place of what the distro ships. */
  built: z.boolean().optional(),
});
export type Component = z.infer<typeof Component>;

/** A part that the user built and gave with --with-file. */
export const Brought = z.looseObject({
  part: Part,
  /** Its place on the testbed. */
  path: z.string(),
  sha256: z.string(),
});
export type Brought = z.infer<typeof Brought>;

export const Image = z.looseObject({
  source: z.enum(["registry", "bootstrap"]),
  reference: z.string(),
  digest: z.string(),
  /** Whether the digest was known beforehand. */
  pinned: z.boolean(),
});

/** Kata's own binaries, as they were put on the testbed. */
export const KataBinaries = z.looseObject({
  source: KataSource,
  runtime: KataRuntime,
  /** As its shim says. */
  version: z.string(),
  /** SHA-256 over the files that were used, their names included. */
  digest: z.string(),
  /** What vouches for them, in a clause: a pin of the project's, what the release page states, nobody. */
  vouched: z.string(),
  /** Places on the testbed. */
  shim: z.string(),
  /** Absent where it is the distro's: its component has it. */
  shimSha256: z.string().optional(),
  config: z.string(),
  guestInitrd: z.string().optional(),
  guestImage: z.string().optional(),
  guestKernel: z.string().optional(),
  guestKernelSha256: z.string().optional(),
});
export type KataBinaries = z.infer<typeof KataBinaries>;

/** An upstream release that the harness put on the testbed because the distro has none: it is not under test. */
export const Addition = z.looseObject({
  name: AdditionId,
  version: z.string(),
  /** Of the released file, 64 hexadecimal digits. */
  sha256: z.string(),
  /** What vouches for it, in a clause. */
  vouched: z.string(),
  /** What is used of it, the program that it is called after first: places on the testbed, and the digest of each. */
  programs: z.array(z.looseObject({ path: z.string(), sha256: z.string() })).min(1),
});
export type Addition = z.infer<typeof Addition>;

/** Facts: what is true of the cell, said once each. A later fact of the same name replaces an earlier one, `null` takes it back. */
export const Facts = z.looseObject({
  runner: Runner.optional(),
  preflight: Preflight.optional(),
  /** What the testbed can give a guest. */
  offered: Acceleration.optional(),
  /** What ran the guest, as its VMM showed; absent where that was not seen. */
  acceleration: Acceleration.optional(),
  image: Image.optional(),
  rootfs: z.looseObject({ key: z.string(), cached: z.boolean() }).optional(),
  components: z.partialRecord(Part, Component).optional(),
  packages: z.array(Package).optional(),
  brought: z.array(Brought).optional(),
  /** Where things are on the testbed, from the package database. */
  paths: z
    .looseObject({
      vmm: z.string().optional(),
      virtiofsd: z.string().optional(),
      kernelRelease: z.string().optional(),
      kernelImage: z.string().optional(),
      kernelConfig: z.string().optional(),
      containerd: z.string().optional(),
      ctr: z.string().optional(),
      runc: z.string().optional(),
      /** Of the distro's own Kata. */
      kataShim: z.string().optional(),
      kataConfig: z.string().optional(),
      kataTool: z.string().optional(),
    })
    .optional(),
  /** How the VM testbed came up: restored, or booted and why. */
  snapshot: z.looseObject({ restored: z.boolean(), because: z.string() }).optional(),
  /** Measured, milliseconds: what time-outs are scaled by. */
  bootMs: z.number().optional(),
  nonce: z.string().optional(),
  kata: KataBinaries.optional(),
  additions: z.array(Addition).optional(),
  /** The nonce of the kata tier: on the command line of its guest's kernel. */
  kataNonce: z.string().optional(),
  /** Transient set-up trouble that was tried again. */
  retries: z.array(z.looseObject({ what: z.string(), count: z.int() })).optional(),
});
export type Facts = z.infer<typeof Facts>;
export type FactName =
  | "runner"
  | "preflight"
  | "offered"
  | "acceleration"
  | "image"
  | "rootfs"
  | "components"
  | "packages"
  | "brought"
  | "paths"
  | "snapshot"
  | "bootMs"
  | "nonce"
  | "kata"
  | "additions"
  | "kataNonce"
  | "retries";

/** Something that kept later steps from being observed. */
export const Stopped = z.looseObject({
  stage: Stage,
  tier: Tier.optional(),
  /** What the ids of those steps begin with, where it was not all of them: `virtiofsd.`. */
  steps: z.string().optional(),
  reason: Reason,
});
export type Stopped = z.infer<typeof Stopped>;

/** Everything that was seen of one cell; enough to judge it anywhere, for ever: by versions with another catalog too. */
export const Evidence = z.looseObject({
  schemaVersion: z.literal(1),
  tool: Tool,
  cell: z.looseObject({ target: loose(Target), scenario: loose(Scenario), arch: Arch }),
  request: z.looseObject({ tier: Tier, testbed: TestbedKind, because: z.string(), requireKvm: z.boolean() }),
  startedAt: Instant,
  /** Null where the journal has no end: the run was killed. */
  finishedAt: Instant.nullable(),
  facts: Facts,
  /** Those of an attempt that was made again are `attempt-1.guest.wait`: no check goes by them. */
  steps: z.record(z.string(), Seen),
  stopped: z.array(Stopped),
  notes: z.array(z.string()),
});
export type Evidence = z.infer<typeof Evidence>;

/** A line of the journal says one of these. */
export const Event = z.discriminatedUnion("kind", [
  z.looseObject({
    kind: z.literal("opened"),
    schemaVersion: z.literal(1),
    tool: Tool,
    cell: Evidence.shape.cell,
    request: Evidence.shape.request,
  }),
  z.looseObject({ kind: z.literal("fact"), name: z.string(), value: z.unknown() }),
  z.looseObject({ kind: z.literal("observed"), step: z.string(), seen: Seen }),
  z.looseObject({ kind: z.literal("stopped"), stopped: Stopped }),
  z.looseObject({ kind: z.literal("noted"), note: z.string() }),
  /** What these steps showed, they showed of a testbed in whose place there is now a fresh one. */
  z.looseObject({ kind: z.literal("retried"), attempt: z.int(), steps: z.array(z.string()) }),
  z.looseObject({ kind: z.literal("closed") }),
]);
export type Event = z.infer<typeof Event>;

export const JournalLine = z.looseObject({
  seq: z.int(),
  at: Instant,
  /** SHA-256 of the line before, in hexadecimal; of nothing, for the first. */
  prev: z.string(),
  event: Event,
});
export type JournalLine = z.infer<typeof JournalLine>;
