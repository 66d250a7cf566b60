import type { Judgement } from "../model/check.ts";
import type { Addition, Component, Evidence } from "../model/evidence.ts";
import { reason } from "../model/reason.ts";

const addedContainerd = ({ facts }: Evidence): Addition | undefined =>
  facts.additions?.find(({ name }) => name === "containerd");

/** What stands in for the distro's containerd, which no package of the distro's brought. */
export function containerdComponent(evidence: Evidence): Component | undefined {
  const added = addedContainerd(evidence);
  const program = added?.programs[0];
  if (added === undefined || program === undefined) return undefined;
  return { name: added.name, version: added.version, ...program, package: null };
}

/** A containerd that is not the distro's is nothing that a distro can be blamed for. */
export function ownFault(judgement: Judgement, evidence: Evidence): Judgement {
  const added = addedContainerd(evidence);
  if (added === undefined || judgement.outcome === "pass") return judgement;
  const { code, message, detail } = judgement.reason;
  if (code !== "containerd.not-answering") return judgement;
  const why = reason("control.failed", `containerd ${added.version}, which the harness added: ${message}`, detail);
  return { outcome: "error", reason: why };
}

/** What a verdict says of each. */
export const additionNotes = ({ facts }: Evidence): string[] =>
  (facts.additions ?? []).map(
    ({ name, version, sha256, vouched }) =>
      `Added by the harness, not under test: ${name} ${version}, SHA-256 ${sha256}: vouched for by ${vouched}`,
  );
