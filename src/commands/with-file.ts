import { resolve } from "node:path";
import * as z from "zod";
import type { UserFile } from "../images/brought.ts";
import { UsageError } from "../model/failure.ts";
import { userParts } from "../requirements/built.ts";
import { readableFiles } from "./values.ts";

const form = new RegExp(`^(?:${userParts.join("|")})=.`);

/** `virtiofsd=./virtiofsd`: a part, and the file of it. */
export const UserFileOption = z
  .string()
  .regex(form, `PART=PATH, where PART is ${userParts.join(" or ")}`)
  .transform((typed): UserFile => {
    const at = typed.indexOf("=");
    const part = userParts.find(one => one === typed.slice(0, at));
    if (part === undefined) throw new TypeError(`${typed} is of no part`);
    return { part, file: resolve(typed.slice(at + 1)) };
  });

/** Rejects with UsageError for the first that cannot be read, and for two of one part. */
export async function userFiles(files: readonly UserFile[]): Promise<void> {
  await readableFiles(
    "--with-file",
    files.map(({ file }) => file),
  );
  const twice = files.find(({ part }, at) => files.findIndex(one => one.part === part) !== at);
  if (twice) throw new UsageError(`--with-file: ${twice.part} is given twice`, "Name one file for each part");
}
