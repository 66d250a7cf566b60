import { type Listing, layouts, type Part, releaseFolder } from "../../kata/layout.ts";
import { expectedKata, isExpected } from "../../kata/shim-version.ts";
import type { KataBinaries } from "../../model/evidence.ts";
import type { KataRuntime, KataSource } from "../../model/words.ts";
import type { KataLink, KataTree } from "../../observe/kata/tree.ts";
import { keyOf } from "../key.ts";
import { broughtFile, sha256In } from "../release/brought.ts";
import { surveyFolder } from "../release/survey.ts";
import type { TarballOptions } from "../release/tarball.ts";
import { Unfit } from "../release/unfit.ts";
import { askShim } from "./ask-shim.ts";
import { fileOf, type GuestKernel, partsIn, titles, type UsedParts, usedParts } from "./used.ts";

/** What a cell wants of a release. */
export interface KataUse {
  readonly runtime?: KataRuntime | undefined;
  readonly guestKernel: GuestKernel;
}

const place = (member: string) => `${releaseFolder}/${member}`;

const linksOf = (listing: Listing, members: readonly string[]): KataLink[] =>
  members.flatMap(member => {
    const target = listing.get(member);
    return typeof target === "string" ? [{ path: place(member), target }] : [];
  });

/** The places of its files on the testbed, links followed. */
function places({ shim, config, initrd, image, kernel }: UsedParts) {
  const at = (part: Part) => place(fileOf(part));
  return {
    shim: at(shim),
    config: at(config),
    ...(initrd && { guestInitrd: at(initrd) }),
    ...(image && { guestImage: at(image) }),
    ...(kernel && { guestKernel: at(kernel) }),
  };
}

/**
 * What of a folder that is laid out as `/opt/kata` is used. Rejects with `Unfit` where it has none of that, or another runtime,
 * or one that is too old; or as the engine and the disk do.
 */
export async function treeOf(
  folder: string,
  use: KataUse,
  origin: { readonly source: KataSource; readonly vouched: string },
  options: TarballOptions,
): Promise<KataTree> {
  const survey = await surveyFolder(folder);
  const parts = await usedParts(survey, use);
  const members = [...new Set(partsIn(parts).flatMap(part => part.members))].sort();
  const plain = members.filter(member => survey.listing.get(member) === null);
  const files = await Promise.all(plain.map(member => broughtFile(folder, member, place(member))));
  const shim = files.find(({ path }) => path === place(fileOf(parts.shim)));
  if (shim === undefined) throw new Unfit(`it lacks ${parts.shim.path}`);
  const { version, runtime } = await askShim(shim, options);
  if (!isExpected(version)) throw new Unfit(`its shim is of Kata ${version}, not ${expectedKata}`);
  if (runtime !== parts.runtime)
    throw new Unfit(
      `${parts.shim.path} is the shim in ${titles[runtime]}, where the one in ${titles[parts.runtime]} should be`,
    );
  const digests = await Promise.all(plain.map(member => sha256In(folder, member)));
  const digest = keyOf(plain.map((member, at) => [member, digests[at] ?? ""]));
  const sha256Of = (part: Part) => digests[plain.indexOf(fileOf(part))] ?? "";
  const kernel = parts.kernel && { guestKernelSha256: sha256Of(parts.kernel) };
  const own = { runtime, version, digest, shimSha256: sha256Of(parts.shim), ...kernel };
  const binaries: KataBinaries = { ...origin, ...own, ...places(parts) };
  const tool = parts.tool && { tool: place(fileOf(parts.tool)) };
  const lookedAt: KataLink = { path: layouts[runtime].lookedAt, target: binaries.config };
  return { binaries, files, links: [...linksOf(survey.listing, members), lookedAt], ...tool };
}
