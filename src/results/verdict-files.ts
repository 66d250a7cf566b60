import { join } from "node:path";
import { UsageError } from "../model/failure.ts";
import { findVerdicts } from "./find-verdicts.ts";
import { readFileSafely } from "./read-file.ts";

/** Bytes; a verdict of a thousand cells has a tenth of it. */
export const verdictMax = 64 * 1024 * 1024;

/** Files that are read at the same time: the disk is then ready before the parser is. */
const ahead = 8;

export interface VerdictFile {
  /** Relative to the folder that it was found in. */
  readonly file: string;
  /** Or why it cannot be used. */
  readonly text: string | UsageError;
}

async function readOne(folder: string, file: string): Promise<VerdictFile> {
  try {
    const text = await readFileSafely(join(folder, file), verdictMax);
    return { file, text: text ?? new UsageError(`${join(folder, file)} is gone`, "Was it removed meanwhile?") };
  } catch (trouble) {
    if (!(trouble instanceof UsageError)) throw trouble;
    return { file, text: trouble };
  }
}

/** The verdicts below a folder, one after the other, a few of them in memory at a time. Rejects with UsageError for the folder. */
export async function* verdictFiles(folder: string): AsyncGenerator<VerdictFile> {
  const reading: Promise<VerdictFile>[] = [];
  for await (const file of findVerdicts(folder)) {
    reading.push(readOne(folder, file));
    const first = reading.length >= ahead ? reading.shift() : undefined;
    if (first) yield await first;
  }
  for (const one of reading) yield await one;
}
