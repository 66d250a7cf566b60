import { open } from "node:fs/promises";
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

/** What a program begins with, for the kernel that is to run it: an ELF file, or a script. */
const begins = ["\x7fELF", "#!"];

async function isProgram(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
  const head = buffer.toString("latin1", 0, bytesRead);
  return begins.some(begin => head.startsWith(begin));
}

/** Rejects with UsageError for the first that cannot be read or is no program, and for two of one part. */
export async function userFiles(files: readonly UserFile[]): Promise<void> {
  await readableFiles(
    "--with-file",
    files.map(({ file }) => file),
  );
  for (const { part, file } of files)
    if (!(await isProgram(file)))
      throw new UsageError(`--with-file: ${file} is no program`, `Name the ${part} that you built`);
  const twice = files.find(({ part }, at) => files.findIndex(one => one.part === part) !== at);
  if (twice) throw new UsageError(`--with-file: ${twice.part} is given twice`, "Name one file for each part");
}
