import * as z from "zod";
import { Addition, Component, Tool } from "./evidence.ts";
import { outcomes } from "./outcome.ts";
import { Reason } from "./reason.ts";
import { Acceleration, Arch, Instant, Part, TestbedKind, Tier } from "./words.ts";

export const Outcome = z.enum(outcomes);

export const Standing = z.enum(["supported", "provisional", "unsupported", "inconclusive", "not-applicable"]);
export type Standing = z.infer<typeof Standing>;

export const CheckVerdict = z.looseObject({
  id: z.string(),
  tier: Tier,
  title: z.string(),
  gating: z.boolean(),
  outcome: Outcome,
  /** What was proven, where it passed. */
  proof: z.string().nullable(),
  reason: Reason.nullable(),
  /** Milliseconds of the observations that it rests on, but for those that an earlier check of the cell rests on. */
  durationMs: z.number(),
  /** The bug that this is known as. */
  knownIssue: z.string().nullable(),
});
export type CheckVerdict = z.infer<typeof CheckVerdict>;

export const CellVerdict = z.looseObject({
  scenario: z.string(),
  arch: Arch,
  outcome: Outcome,
  standing: Standing,
  /** One sentence: why this standing. */
  because: z.string(),
  /** Milliseconds from its beginning to its end; null where it has none. */
  durationMs: z.number().nullable().optional(),
  testbed: TestbedKind.nullable(),
  acceleration: Acceleration.nullable(),
  productionReady: z.boolean(),
  tiers: z.partialRecord(Tier, Outcome),
  components: z.partialRecord(Part, Component),
  /** Packages from files of the user, tried in place of what is shipped; a part may be among them. */
  candidates: z.array(z.string()).optional(),
  /** Brought by the harness, and not under test. */
  additions: z.array(Addition).optional(),
  checks: z.array(CheckVerdict),
  notes: z.array(z.string()),
});
export type CellVerdict = z.infer<typeof CellVerdict>;

/** All cells of one target in one run; readers must ignore fields that they do not know. */
export const Verdict = z.looseObject({
  schemaVersion: z.literal(1),
  tool: Tool,
  target: z.string(),
  startedAt: Instant,
  finishedAt: Instant.nullable(),
  outcome: Outcome,
  cells: z.array(CellVerdict),
});
export type Verdict = z.infer<typeof Verdict>;
