import * as z from "zod";
import { Tool } from "./evidence.ts";
import { Standing } from "./verdict.ts";
import { Acceleration, Arch, Instant, Part, TestbedKind } from "./words.ts";

/** What a square of the matrix answers: can what this distro ships run Kata this way? The best first. */
export const Answer = z.enum(["yes", "provisional", "no", "stale", "unknown", "not-applicable"]);
export type Answer = z.infer<typeof Answer>;

/** Who saw it, the most trusted first: our own runners; others, and their evidence was judged again here; others. */
export const Witness = z.enum(["runners", "re-judged", "self-reported"]);
export type Witness = z.infer<typeof Witness>;

/** The parts of a distro that are answered for apart from each other. virtiofsd counts with the VMM, which is of no use without it. */
export const Column = z.enum(["vmm", "guestKernel", "hostKernel", "kataPackage"]);
export type Column = z.infer<typeof Column>;

/** An answer, and why in one sentence. */
export const Claim = z.looseObject({ answer: Answer, because: z.string() });
export type Claim = z.infer<typeof Claim>;

/** A part of the stack under test as a run saw it. */
export const SeenPart = z.looseObject({
  name: z.string(),
  version: z.string().nullable(),
  /** Null where no package owns it. */
  package: z.string().nullable(),
  /** Of the package; null where there is none. */
  packageVersion: z.string().nullable(),
  /** Whether the distro ships it: the package is from one of its own repositories, and no candidate. */
  shipped: z.boolean(),
});
export type SeenPart = z.infer<typeof SeenPart>;

export const SeenParts = z.partialRecord(Part, SeenPart);
export type SeenParts = z.infer<typeof SeenParts>;

/** A known issue that the run which the square rests on had not met. */
export const Challenge = z.looseObject({ check: z.string(), url: z.string(), note: z.string() });
export type Challenge = z.infer<typeof Challenge>;

/** The run that a square rests on. */
export const SquareEvidence = z.looseObject({
  at: Instant,
  standing: Standing,
  acceleration: Acceleration.nullable(),
  testbed: TestbedKind.nullable(),
  witness: Witness,
  /** Kata's version; null where the run did not come to it. */
  kata: z.string().nullable(),
  parts: SeenParts,
  /** The verdict that was read, below the results folder that was given. */
  verdict: z.string(),
});
export type SquareEvidence = z.infer<typeof SquareEvidence>;

/** A failure that was seen by somebody who is trusted less than who saw what the answer rests on. It demotes, and does not decide. */
export const Doubt = z.looseObject({
  at: Instant,
  witness: Witness,
  because: z.string(),
  /** As the evidence's. */
  verdict: z.string(),
});
export type Doubt = z.infer<typeof Doubt>;

/** Target, scenario and architecture. */
export const Square = z.looseObject({
  target: z.string(),
  scenario: z.string(),
  arch: Arch,
  answer: Answer,
  because: z.string(),
  /** False with Kata's own guest kernel: upstream testing only, not for production. */
  productionReady: z.boolean(),
  columns: z.looseObject({ vmm: Claim, guestKernel: Claim, hostKernel: Claim, kataPackage: Claim }),
  evidence: SquareEvidence.nullable(),
  /** The last day on which the answer holds; null where there is no evidence. */
  expires: z.iso.date().nullable(),
  challenge: Challenge.nullable(),
  doubt: Doubt.nullable(),
  /** Later versions that the distro was seen to ship since, to which the answer carries over. */
  carriedTo: z.partialRecord(Part, z.string()),
  /** How many runs there are of it, those that could not tell among them. */
  runs: z.int(),
});
export type Square = z.infer<typeof Square>;

/** `matrix.json`: every square that the catalog asks for or evidence is of; readers must ignore fields that they do not know. */
export const Matrix = z.looseObject({
  schemaVersion: z.literal(1),
  tool: Tool,
  /** When it was folded: answers expire after that, as `expires` says. */
  at: Instant,
  /** Days after which evidence is too old to answer. */
  maxAgeDays: z.int(),
  squares: z.array(Square),
});
export type Matrix = z.infer<typeof Matrix>;
