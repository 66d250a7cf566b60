import type { Evidence } from "./evidence.ts";
import { type Code, codes, type Reason, reason } from "./reason.ts";
import type { Tier } from "./words.ts";

/** What a check says of evidence. `pass` is positive proof and says of what. */
export type Judgement =
  | { readonly outcome: "pass"; readonly proof: string }
  | { readonly outcome: "fail" | "error" | "skip"; readonly reason: Reason };

export const pass = (proof: string): Judgement => ({ outcome: "pass", proof });
export const fail = (code: Code, message?: string, detail?: string): Judgement => ({
  outcome: "fail",
  reason: reason(code, message, detail),
});
export const error = (code: Code, message?: string, detail?: string): Judgement => ({
  outcome: "error",
  reason: reason(code, message, detail),
});
export const skip = (code: Code, message?: string, detail?: string): Judgement => ({
  outcome: "skip",
  reason: reason(code, message, detail),
});

/** `fail` where the code counts against the distro or its part, `error` where it does not blame them. */
export const because = (code: Code, message?: string, detail?: string): Judgement =>
  codes[code].blames === "distro" || codes[code].blames === "kata"
    ? fail(code, message, detail)
    : error(code, message, detail);

/** Just enough evidence to show what a check accepts or rejects. */
export type EvidencePart = Pick<Partial<Evidence>, "facts" | "steps" | "stopped">;

/** A check is data and a pure function, and brings one example that it accepts and one that it rejects. */
export interface Check {
  /** Dotted, stable across releases: `contract.qemu.devices-core`, `guest.virtiofs`. */
  readonly id: string;
  readonly tier: Tier;
  readonly title: string;
  /** Whether it decides the standing; the others annotate. */
  readonly gating: boolean;
  /** Ids of the steps without which nothing can be told: `judge` is only asked when all of them were observed. */
  readonly needs: readonly string[];
  readonly judge: (evidence: Evidence) => Judgement;
  readonly examples: { readonly pass: EvidencePart; readonly fail: EvidencePart };
}
