import { constants } from "node:fs";
import { open, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { ParsedTarEntry } from "modern-tar";
import type { Listing } from "../../kata/layout.ts";
import { memberPath } from "./member.ts";
import { readTarball, type TarballOptions } from "./tarball.ts";
import { Unfit } from "./unfit.ts";

/** How a project lays out what it releases. */
export interface Layout {
  /** Where a release belongs on a machine. */
  readonly folder: string;
  /** Whether a member says something of the release that is asked for. */
  readonly isText: (member: string) => boolean;
}

/** What there is of a release, in a folder or in a tarball. */
export interface Survey {
  readonly listing: Listing;
  /** A small file of it; rejects with `Unfit` where it is none. */
  readonly text: (path: string) => Promise<string>;
}

export interface TarballSurvey extends Survey {
  readonly layout: Layout;
}

const membersMax = 200_000;
const depthMax = 32;
/** The longest that is known has less than 50 KiB. */
const textMax = 2 ** 20;

const noText = (path: string) => new Unfit(`${path} is no text of less than ${textMax / 2 ** 20} MiB`);

/** What a release's own links do, a hard link in a tarball stands for: another name of a file in it. */
function linkOf({ header }: ParsedTarEntry, { folder }: Layout): string | null | undefined {
  const { type = "file", linkname = "", name, pax = {} } = header;
  if (Object.keys(pax).some(key => key.startsWith("GNU.sparse.")))
    throw new Unfit(`${name} is stored without its holes (tar --sparse), which nothing here can read`);
  if (type === "file") return null;
  if (type === "symlink") return linkname;
  if (type === "link") return `${folder}/${memberPath(linkname, folder)}`;
  if (type === "directory") return undefined;
  throw new Unfit(`${name} is a ${type}`);
}

/** What tar would write through a link, or where a file is: a folder of that name is made nowhere. */
function mustBeInFolders(member: string, listing: Listing): void {
  for (let at = member.lastIndexOf("/"); at > 0; at = member.lastIndexOf("/", at - 1))
    if (listing.has(member.slice(0, at))) throw new Unfit(`${member} is in ${member.slice(0, at)}, which is no folder`);
}

/** Reads all of a tarball; rejects with `Unfit` for one that is not whole, or that no release would be. */
export async function surveyTarball(path: string, layout: Layout, options: TarballOptions): Promise<TarballSurvey> {
  const listing = new Map<string, string | null>();
  const texts = new Map<string, string>();
  await readTarball(path, options, async entry => {
    const { header, body } = entry;
    const member = memberPath(header.name, layout.folder);
    const link = linkOf(entry, layout);
    const isText = link === null && header.size <= textMax && layout.isText(member);
    if (isText) texts.set(member, await text(body));
    if (link === undefined) return "more";
    if (member === "" || listing.has(member)) throw new Unfit(`${header.name} is there twice`);
    if (listing.size >= membersMax) throw new Unfit(`it has more than ${membersMax} members`);
    listing.set(member, link);
    return "more";
  });
  for (const member of listing.keys()) mustBeInFolders(member, listing);
  return {
    layout,
    listing,
    text: async path => {
      const found = texts.get(path);
      if (found === undefined) throw noText(path);
      return found;
    },
  };
}

/** Opens a file of a folder that somebody else may have made: no link, no device, nothing that waits. */
export async function openPlain(path: string) {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Unfit(`${path} is no plain file`);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function walk(root: string, at: string, depth: number, found: Map<string, string | null>): Promise<void> {
  if (depth > depthMax || found.size > membersMax)
    throw new Unfit(`it has more than ${membersMax} files, or folders ${depthMax} deep`);
  const entries = await readdir(join(root, at), { withFileTypes: true });
  for (const entry of entries) {
    const path = at === "" ? entry.name : `${at}/${entry.name}`;
    if (entry.isDirectory()) await walk(root, path, depth + 1, found);
    else if (entry.isSymbolicLink()) found.set(path, await readlink(join(root, path)));
    else if (entry.isFile()) found.set(path, null);
  }
}

/** Looks through a folder that has a release; links are read and never followed on the disk. */
export async function surveyFolder(root: string): Promise<Survey> {
  const listing = new Map<string, string | null>();
  await walk(root, "", 0, listing);
  return {
    listing,
    text: async path => {
      await using file = await openPlain(join(root, path));
      if ((await file.stat()).size > textMax) throw noText(path);
      return await file.readFile("utf8");
    },
  };
}
