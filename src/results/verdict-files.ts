import { join } from "node:path";
import { UsageError } from "../model/failure.ts";
import { findVerdicts } from "./find-verdicts.ts";
import { readFileSafely } from "./read-file.ts";

/** Bytes; a verdict of a thousand cells has a tenth of it. */
const verdictMax = 64 * 1024 * 1024;

/** Files that are read at the same time: the disk is then ready before the parser is. */
const ahead = 8;

export interface VerdictFile {
  /** Relative to the folder that it was found in. */
  readonly file: string;
  /** Or why it cannot be used. */
  readonly text: string | UsageError;
}

/** Verdicts to be read one after the other, and some of them once more. */
export interface VerdictFolder {
  /** What people call a file of it. */
  readonly called: (file: string) => string;
  readonly files: () => AsyncIterable<VerdictFile>;
  /** The text of a file; undefined where it is gone. */
  readonly read: (file: string) => Promise<string | undefined>;
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

async function* verdictFiles(folder: string): AsyncGenerator<VerdictFile> {
  const reading: Promise<VerdictFile>[] = [];
  for await (const file of findVerdicts(folder)) {
    reading.push(readOne(folder, file));
    const first = reading.length >= ahead ? reading.shift() : undefined;
    if (first) yield await first;
  }
  for (const one of reading) yield await one;
}

/** The verdicts below a folder, a few of them in memory at a time. Reading rejects with UsageError for the folder. */
export const verdictFolder = (folder: string): VerdictFolder => ({
  called: file => join(folder, file),
  files: () => verdictFiles(folder),
  read: file => readFileSafely(join(folder, file), verdictMax),
});
