import { releaseFolder, versionFile } from "../../kata/layout.ts";
import type { Content } from "../release/kept.ts";
import { unpack } from "../release/unpack.ts";
import { everUsed } from "./used.ts";

const name = "Kata";
const isText = (member: string) => member === versionFile || member.endsWith(".toml");
const packed = { name, folder: releaseFolder, isText, used: everUsed };

/** What is taken of Kata's tarball: the folder is then laid out as `/opt/kata`. */
export const kataContent: Content = {
  name,
  kind: "kata",
  recipe: 1,
  take: (path, into, options) => unpack(packed, path, into, options),
};
