import {
  followed,
  type GuestParts,
  guestParts,
  isKata1,
  layouts,
  type Part,
  type RuntimeParts,
  runtimeParts,
  runtimesOf,
  versionFile,
} from "../../kata/layout.ts";
import { expectedKata, isExpected, usualRuntime } from "../../kata/shim-version.ts";
import { KataRuntime } from "../../model/words.ts";
import type { Survey } from "../release/survey.ts";
import { Unfit } from "../release/unfit.ts";

export type GuestKernel = "distro" | "kata";

export interface UsedParts extends RuntimeParts, GuestParts {
  readonly runtime: KataRuntime;
}

export const titles: Readonly<Record<KataRuntime, string>> = { rust: "Rust", go: "Go" };

/** The file that a part is in the end. */
export const fileOf = (part: Part): string => part.members.at(-1) ?? part.path;

/** As the release says; undefined where it does not. */
export async function statedVersion({ listing, text }: Survey): Promise<string | undefined> {
  const file = followed(listing, versionFile)?.at(-1);
  const said = file === undefined ? undefined : (await text(file)).trim();
  return said !== undefined && /^\d+\.\d+\.\d+\S*$/.test(said) ? said : undefined;
}

/** Whether it is a Kata of which the parts are worth looking at: rejects with `Unfit` where it is none, or too old. */
async function mustBeKata(survey: Survey): Promise<void> {
  if (isKata1(survey.listing)) throw new Unfit("it is Kata 1, which has a proxy and a shim of its own");
  if (runtimesOf(survey.listing).length === 0)
    throw new Unfit(
      survey.listing.size === 0 ? "there is nothing in it" : "it has no shim of Kata's, containerd-shim-kata-v2",
    );
  const version = await statedVersion(survey);
  if (version !== undefined && !isExpected(version)) throw new Unfit(`it is Kata ${version}, not ${expectedKata}`);
}

async function chooseRuntime(survey: Survey, asked: KataRuntime | undefined): Promise<KataRuntime> {
  const found = runtimesOf(survey.listing);
  const [first, second] = found;
  if (asked !== undefined) {
    if (found.includes(asked)) return asked;
    throw new Unfit(`it has Kata's runtime in ${found.map(one => titles[one])}, not the one in ${titles[asked]}`);
  }
  if (first !== undefined && second === undefined) return first;
  return usualRuntime((await statedVersion(survey)) ?? "4");
}

/** What of a release is used for one runtime and one kernel of its guests. Rejects with `Unfit`, which names what lacks. */
export async function usedParts(
  survey: Survey,
  { runtime: asked, guestKernel }: { readonly runtime?: KataRuntime | undefined; readonly guestKernel: GuestKernel },
): Promise<UsedParts> {
  await mustBeKata(survey);
  const { listing, text } = survey;
  const runtime = await chooseRuntime(survey, asked);
  const own = runtimeParts(listing, runtime);
  if ("lacks" in own) throw new Unfit(`it lacks ${own.lacks.join(" and ")}`);
  const guest = guestParts(listing, guestKernel, await text(fileOf(own.config)));
  // Whoever asked for every scenario may not think of this one.
  const which = guestKernel === "kata" ? ", for guests with Kata's own kernel" : "";
  if ("lacks" in guest) throw new Unfit(`it lacks ${guest.lacks.join(" and ")}${which}`);
  return { runtime, ...own, ...guest };
}

export const partsIn = ({ shim, config, tool, initrd, image, kernel }: Partial<UsedParts>): Part[] =>
  [shim, config, tool, initrd, image, kernel].filter(part => part !== undefined);

/** Every member that any use of a release takes. Rejects with `Unfit` where there is none at all. */
export async function everUsed(survey: Survey): Promise<Set<string>> {
  await mustBeKata(survey);
  const members = new Set(followed(survey.listing, versionFile));
  // Also one that leads nowhere: what is there decides which runtime is meant.
  for (const runtime of runtimesOf(survey.listing)) members.add(layouts[runtime].shim);
  for (const runtime of KataRuntime.options)
    for (const guestKernel of ["distro", "kata"] as const)
      for (const part of await partsOrNone(survey, runtime, guestKernel))
        for (const member of part.members) members.add(member);
  return members;
}

/** One that lacks something is no use that there is. */
async function partsOrNone(survey: Survey, runtime: KataRuntime, guestKernel: GuestKernel): Promise<Part[]> {
  try {
    return partsIn(await usedParts(survey, { runtime, guestKernel }));
  } catch (error) {
    if (error instanceof Unfit) return [];
    throw error;
  }
}
