import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../model/failure.ts";
import { isSafeName } from "./folders.ts";

/** Folders of runs, say by day and by workflow, that hold folders of targets. */
const depthMax = 6;
const verdictsMax = 500_000;

/**
 * Every verdict.json below a folder, as a path relative to it, in the order of their names. Links are not followed and names that no
 * run makes are passed by. Rejects with UsageError.
 */
export async function* findVerdicts(folder: string, below = "", found = { count: 0 }): AsyncGenerator<string> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`${join(folder, below)} cannot be read: ${cause.code}`, "Name a results folder, e.g. results");
  });
  if (entries.some(({ name }) => name === "verdict.json")) {
    found.count += 1;
    if (found.count > verdictsMax)
      throw new UsageError(`${folder} has more than ${verdictsMax} verdicts`, "Name a part of it");
    yield join(below, "verdict.json");
  }
  if (below.split("/").length >= depthMax) return;
  const inner = entries.filter(entry => entry.isDirectory() && isSafeName(entry.name)).map(entry => entry.name);
  for (const name of inner.sort()) yield* findVerdicts(folder, join(below, name), found);
}
