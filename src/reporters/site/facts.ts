import type { Folded } from "../../matrix/fold.ts";
import type { Square } from "../../model/matrix.ts";
import { Part } from "../../model/words.ts";
import { type Html, html, outward } from "../text/html.ts";
import { accelerations, notForProduction, parts, testbeds } from "../text/phrases.ts";
import { day, plural, witnesses } from "./words.ts";

type Fact = readonly [string, Html | string];

function evidenceFacts({ evidence }: Square): Fact[] {
  if (!evidence) return [];
  const { at, witness, acceleration, testbed, kata, standing } = evidence;
  return [
    ["Seen", `${day(at)} by ${witnesses[witness]}`],
    ["Ran on", testbed ? testbeds[testbed] : "no testbed"],
    ["Acceleration", acceleration ? accelerations[acceleration] : "none was seen"],
    ["Kata", kata ?? "the run did not come to it"],
    ["Standing of the run", standing],
  ];
}

function carriedFact({ carriedTo, evidence }: Square): Fact[] {
  const found = Part.options.flatMap(part => {
    const version = carriedTo[part];
    return version ? [`${evidence?.parts[part]?.name ?? part} ${version}`] : [];
  });
  return found.length > 0 ? [["Carries over to", `${found.join(", ")}: updates of the same series`]] : [];
}

/** What is to be known of a square besides its answer. */
export function facts({ square }: Folded): Html {
  const { answer, expires, challenge, doubt, productionReady, runs } = square;
  const all: Fact[] = [
    ...(productionReady ? [] : [["For production", `no. ${notForProduction}`] as const]),
    ...evidenceFacts(square),
    ...(expires && answer !== "stale" ? [["Holds until", expires] as const] : []),
    ...carriedFact(square),
    ...(challenge
      ? [
          [
            "Reported since",
            html`${outward(challenge.url, challenge.url)}: ${challenge.note} (${challenge.check})`,
          ] as const,
        ]
      : []),
    ...(doubt ? [["Doubted", `${day(doubt.at)} by ${witnesses[doubt.witness]}: ${doubt.because}`] as const] : []),
    ["Runs", runs === 0 ? "none" : plural(runs, "run")],
  ];
  return html`<dl class="facts">${all.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>`;
}

/** The packages that ran, as the run saw them. */
export function partsTable({ square: { evidence } }: Folded): Html {
  const rows = Part.options.flatMap(part => {
    const seen = evidence?.parts[part];
    if (!seen) return [];
    const owner = seen.package === null ? "no package" : `${seen.package} ${seen.packageVersion ?? ""}`;
    const from = seen.shipped ? "shipped by the distro" : "not the distro’s own";
    return [
      html`<tr><th scope="row">${parts[part]}</th><td>${seen.name} ${seen.version ?? ""}</td><td><code>${owner}</code></td><td>${from}</td></tr>
`,
    ];
  });
  if (rows.length === 0) return html``;
  const heads = html`<tr><th scope="col">Part</th><th scope="col">Version</th><th scope="col">Package</th><th scope="col">From</th></tr>`;
  return html`<h3>What ran</h3><div class="scroll" role="group" aria-label="What ran" tabindex="0"><table><thead>${heads}</thead><tbody>${rows}</tbody></table></div>`;
}
