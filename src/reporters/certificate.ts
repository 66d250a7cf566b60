import type { BundleManifest } from "../model/bundle.ts";
import { type Refusal, refusals } from "../model/refusal.ts";
import type { Verdict } from "../model/verdict.ts";
import { oneLine } from "./text/plain.ts";

/** What came out of checking a bundle. */
export interface Certificate {
  readonly manifest: BundleManifest | null;
  readonly verdict: Verdict | null;
  readonly refusals: readonly Refusal[];
  readonly review: readonly string[];
}

const shownMax = 40;

/** What `certify --check` prints. */
export function certificateText(bundle: string, { manifest, refusals: found, review }: Certificate): string {
  const of = manifest ? `: ${manifest.target} ${manifest.arch} for Kata ${manifest.required.kata}` : "";
  if (found.length === 0) {
    const claims = (manifest?.claim ?? []).map(({ scenario, standing }) => `  ${scenario}: ${standing}`);
    const items = review.map(line => `  - ${line}`);
    return [
      `${bundle}${oneLine(of)}: in order, and its claim is what its evidence says`,
      ...claims,
      "Left to a person:",
      ...items,
      "",
    ].join("\n");
  }
  const lines = found.slice(0, shownMax).map(({ code, detail }) => `  ${code}: ${refusals[code].title}: ${detail}`);
  const more = found.length - lines.length;
  return [`${bundle}${oneLine(of)}: REFUSED`, ...lines, ...(more > 0 ? [`  and ${more} more`] : []), ""].join("\n");
}

/** The same for programs. */
export const certificateJson = ({ manifest, refusals: found, review, verdict }: Certificate): string =>
  `${JSON.stringify({ accepted: found.length === 0, refusals: found, review, manifest, verdict }, null, 2)}\n`;
