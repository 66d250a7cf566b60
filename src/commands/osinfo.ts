import { relative, resolve } from "node:path";
import { UsageError } from "../model/failure.ts";
import { OsFacts, type OsRelease } from "../model/osinfo.ts";
import { Arch } from "../model/words.ts";
import { buildPage, toBuild } from "../osinfo/build-page.ts";
import { helmText, helmValues } from "../osinfo/helm.ts";
import { knownOf, knownText, releasesOf } from "../osinfo/known.ts";
import { osinfo as fold } from "../osinfo/osinfo.ts";
import type { Linked } from "../osinfo/seen.ts";
import { shellExport } from "../osinfo/shell.ts";
import { userDropIn } from "../osinfo/user-drop-in.ts";
import { rows } from "../plan/catalog.ts";
import { nearest } from "../plan/nearest.ts";
import type { OsRelease as Machine } from "../plan/this-machine.ts";
import { harmless } from "../reporters/text/inert.ts";
import { plain } from "../reporters/text/plain.ts";
import { findTargets, loadTarget } from "../results/load.ts";
import type { Values } from "./actions.ts";
import { catalogFiles, readCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";
import { judgeTarget } from "./judge.ts";
import { osRelease } from "./os-release.ts";
import { words } from "./values.ts";

/** Judged again, so that a verdict beside the evidence is not taken on trust. */
async function verdictsIn(folder: string, called: string): Promise<Linked[]> {
  const found: Linked[] = [];
  for (const place of await findTargets(folder)) {
    const { target, cells } = await loadTarget(place);
    const inside = relative(resolve(folder), place.folder);
    found.push({ verdict: judgeTarget(target, cells), link: inside === "" ? called : `${called}/${inside}` });
  }
  return found;
}

async function evidence(typed: unknown, { root }: Context): Promise<Linked[]> {
  const given = words(typed);
  if (given.length === 0) return verdictsIn(`${root}/test/replay`, "test/replay");
  return (await Promise.all(given.map(folder => verdictsIn(folder, folder.replace(/\/+$/, ""))))).flat();
}

/** What to build on the release, by all that was seen of it. */
function pages(release: OsRelease, verdicts: readonly Linked[]): string | undefined {
  const cells = verdicts.filter(({ verdict }) => verdict.target === release.id).flatMap(({ verdict }) => verdict.cells);
  const parts = [...new Set(cells.flatMap(toBuild))];
  const all = parts.flatMap(part => buildPage(release, part) ?? []);
  return all.length === 0 ? undefined : all.join("\n");
}

type Export = (release: OsRelease, arch: Arch, verdicts: readonly Linked[]) => string | undefined;

const exported: Readonly<Record<string, Export>> = {
  kata: userDropIn,
  shell: shellExport,
  helm: (release, arch) => {
    const values = helmValues(release, arch);
    return values && helmText(values);
  },
  build: (release, _, verdicts) => pages(release, verdicts),
};

/** What is known of a machine, as text or as JSON. */
export function detected(machine: Machine, releases: readonly OsRelease[], json: boolean): string {
  const { found, unsure } = releasesOf(machine, releases);
  const known = found.map(release => knownOf(release, machine.arch));
  const note = unsure && `os-release names no version, so that ${machine.title} may be any of these`;
  if (json) return plain(`${JSON.stringify({ machine, ...(note ? { note } : {}), known }, null, 2)}\n`);
  const nothing = `${machine.title}: nothing is known of this release\n`;
  return harmless(known.length === 0 ? nothing : [...(note ? [`${note}\n`] : []), ...known.map(knownText)].join("\n"));
}

function detect(releases: readonly OsRelease[], { options }: Values, { out }: Context): number {
  const machine = osRelease();
  if (machine === undefined)
    throw new UsageError(
      "This machine has no os-release that names its distro",
      "Name a release: kata-verify osinfo ID",
    );
  out.write(detected(machine, releases, options["json"] === true));
  return 0;
}

/** Prints what is known of distro releases, or makes of it what installs something. */
export async function osinfo(values: Values, context: Context): Promise<number> {
  const { options } = values;
  const [asked] = words(values.arguments[0]);
  const { targets } = await readCatalog(context, options["catalog"]);
  const facts = rows(OsFacts, await catalogFiles(`${context.root}/osinfo`, "osinfo"));
  const verdicts = await evidence(options["results"], context);
  const all = fold(targets, facts, verdicts);
  if (options["detect"]) return detect(all.releases, values, context);
  const release = all.releases.find(({ id }) => id === asked);
  const ids = all.releases.map(({ id }) => id);
  if (asked !== undefined && release === undefined)
    throw new UsageError(`Nothing is known of "${asked}"`, `Nearest: ${nearest(asked, ids).join(", ")}`);
  const form = options["export"];
  if (form === undefined) {
    context.out.write(`${JSON.stringify(release ? { ...all, releases: [release] } : all, null, 2)}\n`);
    return 0;
  }
  if (release === undefined) throw new UsageError("--export takes a release", `There are ${ids.join(", ")}`);
  const arch = Arch.parse(options["arch"]);
  const text = exported[String(form)]?.(release, arch, verdicts);
  if (text === undefined)
    throw new UsageError(
      `Too little is known of ${release.id} on ${arch} for --export ${String(form)}, or it lacks nothing`,
      `What is known: kata-verify osinfo ${release.id}`,
    );
  context.out.write(text);
  return 0;
}
