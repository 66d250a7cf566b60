import { join } from "node:path";
import { UsageError } from "../model/failure.ts";
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

/** The text of a verdict below a folder; undefined where it is gone. Rejects with UsageError. */
export const readVerdictText = (folder: string, file: string): Promise<string | undefined> =>
  readFileSafely(join(folder, file), verdictMax);

async function readOne(folder: string, file: string): Promise<VerdictFile> {
  try {
    const text = await readVerdictText(folder, file);
    return { file, text: text ?? new UsageError(`${join(folder, file)} is gone`, "Was it removed meanwhile?") };
  } catch (trouble) {
    if (!(trouble instanceof UsageError)) throw trouble;
    return { file, text: trouble };
  }
}

/** These files of a folder in their order, a few of them in memory at a time. */
export async function* verdictTexts(folder: string, files: readonly string[]): AsyncGenerator<VerdictFile> {
  const reading: Promise<VerdictFile>[] = [];
  for (const file of files) {
    reading.push(readOne(folder, file));
    const first = reading.length >= ahead ? reading.shift() : undefined;
    if (first) yield await first;
  }
  for (const one of reading) yield await one;
}
