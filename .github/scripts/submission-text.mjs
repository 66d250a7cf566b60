/** By which an earlier comment of ours is known again. */
export const mark = "<!-- kata-verify: submission -->";

/** UTF-16 units; GitHub takes 65,536 of a comment. */
const most = { comment: 60_000, line: 1000, lines: 60 };

/** A line that can do nothing but be read: no control, no direction mark, no half character, and no command to what prints a log. */
const line = value =>
  String(value)
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu, " ")
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/^(\s*):(?=:)/, "$1: ")
    .replace(/##(?=\w*\[)/g, "# #")
    .slice(0, most.line);

/** Text of a stranger's as a block that its own back ticks do not end, so that no link, mention or image comes out of it. */
function block(lines) {
  const shown = lines.slice(0, most.lines).map(line);
  if (lines.length > shown.length) shown.push(`and ${lines.length - shown.length} more`);
  const longest = Math.max(2, ...shown.flatMap(text => [...text.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...shown, fence].join("\n");
}

const list = value => (Array.isArray(value) ? value : []);

function told({ path, trouble, code, report }) {
  if (trouble !== undefined) return `### Refused\n\n${block([`${path}: ${trouble}`])}`;
  if (report === undefined) return `### Could not be checked\n\n${block([`${path}: the check ended with ${code}`])}`;
  const { accepted, manifest, refusals, review } = report;
  const claims = list(manifest?.claim).map(({ scenario, standing }) => `  ${scenario}: ${standing}`);
  const of = manifest ? `${manifest.target} ${manifest.arch} for Kata ${manifest.required?.kata}` : "no manifest";
  const heading = accepted && code === 0 ? "### In order" : "### Refused";
  const why = list(refusals).map(refusal => `  ${refusal.code}: ${refusal.detail}`);
  const lines = [`${path}: ${of}`, ...claims, ...why];
  const left = list(review);
  return [heading, block(lines), ...(left.length > 0 ? ["Left to a person:", block(left)] : [])].join("\n\n");
}

/** The comment on a pull request with these bundles, checked. */
export function submissionText(checked) {
  const parts = checked.length > 0 ? checked.map(told) : ["There is no new file in `submissions/`."];
  const about =
    "Each reason is explained in `docs/refusals.md`. A bundle in order says what its evidence says; whether the run happened, a person decides. Of one that was made in GitHub Actions with `attest`, `gh attestation verify FILE --repo OWNER/NAME` says which workflow made it.";
  const text = [mark, "## Bundles of this pull request", ...parts, about].join("\n\n");
  return text.length <= most.comment
    ? text
    : `${mark}\n\nThe report is too long for a comment: it is an artifact of the run.`;
}
