import { compareVersions } from "../../matrix/series.ts";
import { Acceleration } from "../../model/words.ts";
import { type Html, html } from "../text/html.ts";
import { accelerations } from "../text/phrases.ts";
import { oneLine } from "../text/plain.ts";
import type { Site } from "./site.ts";
import { plural } from "./words.ts";

/** Versions that are drawn: those of which there are the most runs. */
const versionsMost = 24;
const label = 190;
const [width, pitch] = [620, 24];

interface Series {
  readonly vmm: string;
  readonly version: string;
  readonly acceleration: Acceleration;
  /** Milliseconds, ascending. */
  readonly times: readonly number[];
}

function collected({ folded }: Site): Series[] {
  const found = new Map<string, { vmm: string; version: string; acceleration: Acceleration; times: number[] }>();
  for (const { runs } of folded)
    for (const { guestMs, acceleration, parts } of runs) {
      if (guestMs === null || acceleration === null || !parts.vmm?.version) continue;
      const { name: vmm, version } = parts.vmm;
      const key = `${acceleration} ${vmm} ${version}`;
      const series = found.get(key) ?? { vmm, version, acceleration, times: [] };
      found.set(key, series);
      series.times.push(guestMs);
    }
  return [...found.values()].map(one => ({ ...one, times: one.times.sort((a, b) => a - b) }));
}

const byVersion = (a: Series, b: Series): number =>
  (a.vmm < b.vmm ? -1 : a.vmm > b.vmm ? 1 : 0) ||
  compareVersions(a.version, b.version) ||
  (a.version < b.version ? -1 : 1);

const quantile = (times: readonly number[], part: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

/** The next of 1, 2, 5, 10, 20 … seconds that is not less. */
function round(ms: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, ms)));
  return ([1, 2, 5, 10].find(one => one * unit >= ms) ?? 10) * unit;
}

const nameOf = ({ vmm, version }: Series): string => oneLine(`${vmm} ${version}`, 28);

function row(series: Series, y: number, scale: (ms: number) => number): Html {
  const { times } = series;
  const version = nameOf(series);
  const at = (part: number): string => scale(quantile(times, part)).toFixed(1);
  const [low, high] = [Number(at(0.25)), Number(at(0.75))];
  const said = `${version}: half of ${plural(times.length, "run")} took at most ${seconds(quantile(times, 0.5))}`;
  return html`<g><title>${said}</title><text x="0" y="${y + 15}">${version}</text><path class="axis" d="M${at(0)} ${y + 11}H${at(1)}"/><rect class="box" x="${low}" y="${y + 5}" width="${Math.max(3, high - low).toFixed(1)}" height="12" rx="2"/><path class="median" d="M${at(0.5)} ${y + 3}v16"/><text x="${(scale(times.at(-1) ?? 0) + 8).toFixed(1)}" y="${y + 15}">${seconds(quantile(times, 0.5))}, ${plural(times.length, "run")}</text></g>
`;
}

function plot(acceleration: Acceleration, all: readonly Series[]): Html {
  const most = round(Math.max(1, ...all.map(one => one.times.at(-1) ?? 0)));
  const scale = (ms: number): number => label + (ms / most) * (width - label - 110);
  const height = all.length * pitch + 22;
  const ticks = [0, 0.5, 1].map(
    part =>
      html`<text x="${scale(most * part).toFixed(0)}" y="${height - 4}" text-anchor="middle">${seconds(most * part)}</text>`,
  );
  return html`<figure><h3>${accelerations[acceleration]}</h3><div class="wide"><svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${all.map(one => `${nameOf(one)}: ${seconds(quantile(one.times, 0.5))}`).join("; ")}">${all.map((one, at) => row(one, at * pitch, scale))}${ticks}</svg></div></figure>
`;
}

/** How long the guest tier's guest took, by the version of the VMM; apart for each acceleration, as they do not compare. */
export function bootPlots(site: Site): Html {
  const all = collected(site);
  if (all.length === 0) return html``;
  const largest = [...all].sort((a, b) => b.times.length - a.times.length || byVersion(a, b)).slice(0, versionsMost);
  const plots = Acceleration.options.flatMap(acceleration => {
    const own = largest.filter(one => one.acceleration === acceleration).sort(byVersion);
    return own.length > 0 ? [plot(acceleration, own)] : [];
  });
  return html`<h2>Time of a guest, by VMM</h2>
<p class="muted">From the VMM’s start to the guest’s power-off, with every device exercised in between: the middle half of the runs, and their median.</p>
${plots}`;
}
