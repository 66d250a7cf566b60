import type { Folded } from "../../matrix/fold.ts";
import { answersOn, daysBetween } from "../../matrix/over-time.ts";
import { Answer } from "../../model/matrix.ts";
import { type Html, html, trusted } from "../text/html.ts";
import { distroOf, type Site } from "./site.ts";
import { answerWord, plural } from "./words.ts";

/** Bars in a plot, and plots on the page: those of the distros with the most squares. */
const barsMost = 26;
const plotsMost = 12;
const [width, height] = [260, 84];

/** From the bottom of a bar to its top. What does not apply is in none. */
const stacked = Answer.options.filter(answer => answer !== "not-applicable");

/** Told apart without colours: full, hatched, crossed, dotted, empty. */
const patterns = trusted(`<svg width="0" height="0" aria-hidden="true"><defs>
<pattern id="f-yes" class="yes" width="4" height="4" patternUnits="userSpaceOnUse"><path d="M0 0h4v4H0z"/></pattern>
<pattern id="f-provisional" class="provisional" width="4" height="4" patternUnits="userSpaceOnUse"><path d="M0 0h4v2H0z"/></pattern>
<pattern id="f-no" class="no" width="5" height="5" patternUnits="userSpaceOnUse"><path d="M0 0L5 5M5 0L0 5" stroke="currentColor" stroke-width="1.3"/></pattern>
<pattern id="f-stale" class="stale" width="4" height="4" patternUnits="userSpaceOnUse"><circle cx="2" cy="2" r="1.1"/></pattern>
<pattern id="f-unknown" class="unknown" width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 7.5h1.5v.5H0z"/></pattern>
</defs></svg>`);

type Counts = Readonly<Record<Answer, number>>;

function countsOn(days: readonly string[], squares: readonly Folded[], maxAgeDays: number): Counts[] {
  const answers = squares.map(one => answersOn(days, one, maxAgeDays));
  return days.map((_, at) => {
    const count = (answer: Answer): number => answers.filter(one => one[at] === answer).length;
    return Object.fromEntries(Answer.options.map(answer => [answer, count(answer)])) as Record<Answer, number>;
  });
}

function bar(counts: Counts, total: number, x: number, wide: number): Html[] {
  const top = { y: height };
  return stacked.flatMap(answer => {
    const high = (counts[answer] / total) * height;
    top.y -= high;
    if (high === 0) return [];
    const at = html`x="${x.toFixed(1)}" y="${top.y.toFixed(1)}" width="${wide.toFixed(1)}" height="${high.toFixed(1)}"`;
    return [html`<rect class="${answer}" ${at} fill="url(#f-${answer})" stroke="currentColor" stroke-width=".6"/>`];
  });
}

const inWords = (counts: Counts): string =>
  stacked
    .filter(answer => counts[answer] > 0)
    .map(answer => `${counts[answer]} ${answerWord(answer)}`)
    .join(", ");

function plot(distro: string, days: readonly string[], all: readonly Counts[]): Html {
  const [last] = all.slice(-1);
  const total = last ? stacked.reduce((sum, answer) => sum + last[answer], 0) : 0;
  if (last === undefined || total === 0) return html``;
  const pitch = Math.min(40, width / days.length);
  const bars = all.map((counts, at) => bar(counts, total, at * pitch, pitch * 0.82));
  return html`<figure><h3>${distro}</h3><svg viewBox="0 0 ${width} ${height + 1}" width="${width}" height="${height + 1}" role="img" aria-label="${distro} over time; last: ${inWords(last)}"><path class="axis" d="M0 ${height}.5H${width}"/>${bars}</svg>
<figcaption>${days[0] === days.at(-1) ? "" : `${days[0]} to `}${days.at(-1)}: ${inWords(last)}</figcaption></figure>
`;
}

/** How many squares of each distro gave which answer at a time; nothing where no run is known. */
export function standingPlots({ folded, matrix }: Site): Html {
  const first = folded.flatMap(({ runs }) => runs[0]?.at ?? []).sort()[0];
  if (first === undefined) return html``;
  const days = daysBetween(first, matrix.at, barsMost);
  const byDistro = new Map<string, Folded[]>();
  for (const one of folded) {
    const distro = distroOf(one.square.target, one.target);
    const others = byDistro.get(distro);
    if (others) others.push(one);
    else byDistro.set(distro, [one]);
  }
  const seen = [...byDistro].filter(([, squares]) => squares.some(one => one.runs.length > 0));
  const largest = seen.sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1)).slice(0, plotsMost);
  const left = seen.length - largest.length;
  const more = left > 0 ? html`<p class="muted">${plural(left, "smaller distro")} not drawn.</p>` : html``;
  return html`<h2>Standing over time</h2>
<p class="muted">The squares of each distro. Full: yes. Striped: provisional. Crossed: no. Dotted: stale. Empty: unknown.</p>
${patterns}<div class="plots">${largest.map(([distro, squares]) => plot(distro, days, countsOn(days, squares, matrix.maxAgeDays)))}</div>${more}`;
}
