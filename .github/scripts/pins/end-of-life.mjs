import { fetched } from "./fetched.mjs";

/** Which column of distro-info-data is the last day with updates that anybody can get. */
const columns = { debian: ["eol-lts", "eol"], ubuntu: ["eol-server", "eol"] };

function rows(csv) {
  const [head = "", ...lines] = csv.trim().split("\n");
  const names = head.split(",");
  return lines.map(line => Object.fromEntries(line.split(",").map((value, at) => [names[at], value])));
}

/** Of distro-info-data's CSV: `version` is "12", or "24.04 LTS". */
export function fromDistroInfo(csv, distro, release) {
  const row = rows(csv).find(({ version }) => version?.split(" ")[0] === release);
  const column = columns[distro].find(name => row?.[name]);
  return column === undefined
    ? undefined
    : { day: row[column], from: `${distro}.csv of distro-info-data, its column ${column}` };
}

async function fromEndOfLifeDate(distro, release, fetch) {
  const cycles = await (await fetched(`https://endoflife.date/api/${distro}.json`, { fetch })).json();
  const day = cycles.find(({ cycle }) => cycle === release)?.eol;
  return typeof day === "string" ? { day, from: "endoflife.date" } : undefined;
}

/** A target with its end of life as its source has it today. One that has none keeps none: a suite on top of a release ends otherwise. */
export async function withEndOfLife(target, { fetch, distroInfo, today }) {
  const { distro, release, endOfLife } = target;
  if (endOfLife === undefined || release === undefined) return target;
  const found = columns[distro]
    ? fromDistroInfo(distroInfo(distro), distro, release)
    : await fromEndOfLifeDate(distro, release, fetch);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(found?.day ?? "") || found.day === endOfLife) return target;
  const source = { fact: "end of life", from: `${found.from}, read on ${today}` };
  const sources = [...target.sources.filter(({ fact }) => fact !== source.fact), source];
  return { ...target, endOfLife: found.day, sources };
}
