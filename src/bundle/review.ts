import type { BundleManifest } from "../model/bundle.ts";
import type { Tool } from "../model/evidence.ts";
import type { CellVerdict, Verdict } from "../model/verdict.ts";
import { oneLine } from "../reporters/text/plain.ts";
import type { BundledCell } from "./contents.ts";
import { nonces } from "./replayed.ts";

function ofSigner({ signer }: BundleManifest, isKnown: boolean): string {
  if (signer === null) return "Nobody signed it: ask the contact whether it is theirs";
  return isKnown
    ? `Signed with the key that was given, ${signer.keyId}`
    : `Signed with the key ${signer.keyId}: compare with one that you know, or check again with --key`;
}

function ofCell({ scenario, standing, because, components, checks }: CellVerdict): string[] {
  const parts = Object.entries(components).map(([part, one]) => {
    const owner = one?.package;
    const from = owner
      ? `${owner.name} ${owner.version} of ${owner.repository?.name ?? "no repository"}`
      : "no package";
    return `${scenario}: ${part} is from ${from}; sha256 ${one?.sha256 ?? "not known"}: is that what the distro publishes?`;
  });
  const failed = checks.filter(check => !check.gating && check.outcome === "fail").map(({ id }) => id);
  const annotated = failed.length > 0 ? [`${scenario}: does not decide, but failed: ${failed.join(", ")}`] : [];
  return [`${scenario}: ${standing}. ${because}`, ...parts, ...annotated];
}

function ofRun({ folder, evidence }: BundledCell): string[] {
  const { kata, runner, image } = evidence.facts;
  const { testbed } = evidence.request;
  return [
    `${folder}: on a ${testbed} testbed, ${runner?.cpu ?? "a processor of no known kind"}, kernel ${runner?.kernel ?? "not known"}`,
    ...(kata ? [`${folder}: Kata ${kata.version}, digest ${kata.digest}, vouched for by ${kata.vouched}`] : []),
    ...(image && !image.pinned ? [`${folder}: the image was not pinned beforehand: ${image.digest}`] : []),
    ...evidence.cell.target.knownIssues.map(({ check, url }) => `${folder}: a known issue of ${check}: ${url}`),
  ];
}

const named = ({ version, commit }: Tool): string => `${version} (${commit})`;

function ofTool(cells: readonly BundledCell[], own: Tool): string[] {
  const others = new Set(cells.map(({ evidence }) => named(evidence.tool)).filter(one => one !== named(own)));
  return [...others].map(
    one => `Ran with kata-verify ${one}, judged here with ${named(own)}: is that a commit of the project's?`,
  );
}

/** What no program can tell of a bundle that is well, a line each: for the person who accepts it. */
export function reviewItems(
  manifest: BundleManifest,
  verdict: Verdict,
  cells: readonly BundledCell[],
  { isKnownKey, tool }: { readonly isKnownKey: boolean; readonly tool: Tool },
): string[] {
  return [
    "A journal can be made up by whoever has the time: what vouches for it is who sent it",
    ofSigner(manifest, isKnownKey),
    `Contact: ${manifest.contact}; made at ${manifest.createdAt}`,
    `For the list of --known: run ${manifest.run}, nonces ${cells.flatMap(nonces).join(" ") || "none"}`,
    ...ofTool(cells, tool),
    ...cells.flatMap(ofRun),
    ...verdict.cells.flatMap(ofCell),
    ...verdict.cells.flatMap(cell => cell.notes.map(note => `${cell.scenario}: ${note}`)),
  ].map(line => oneLine(line, 500));
}
