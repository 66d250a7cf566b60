import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CatalogError } from "../model/failure.ts";
import { type RequiredList, RequiredLists } from "../model/required.ts";
import { sha256 } from "./digest.ts";

type Keyed = Readonly<Record<string, unknown>>;

const sorted = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value as Keyed).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** JSON with its keys by code unit and no spaces: what a list's digest is of. */
export const canonical = (value: unknown): string => JSON.stringify(value, sorted);

export interface PinnedList {
  readonly digest: string;
  readonly list: RequiredList;
}

/** The lists of `kata/required.json` below `root`. Rejects with CatalogError for one that is not the one that is pinned. */
export async function readRequired(root: string): Promise<readonly PinnedList[]> {
  const path = join(root, "kata", "required.json");
  const { lists } = RequiredLists.parse(JSON.parse(await readFile(path, "utf8")));
  for (const { digest, list } of lists) {
    const own = sha256(canonical(list));
    if (own !== digest)
      throw new CatalogError(
        `${path}: the list of Kata ${list.kata} is not the one that is pinned: ${own}`,
        "A list is never changed once a release has it: see CONTRIBUTING.md",
      );
  }
  return lists;
}
