import { existsSync } from "node:fs";
import { join } from "node:path";
import { Arch } from "../model/words.ts";
import { foldersOf } from "./clear.ts";
import { targetFolder } from "./folders.ts";
import { type LoadedCell, loadTarget } from "./load.ts";

/**
 * What earlier runs left of a target on the other architectures: it stays, and the verdict beside it tells of it. Rejects with UsageError
 * that names the file for what no run can have written.
 */
export async function loadOtherArches(out: string, target: string, arch: Arch): Promise<readonly LoadedCell[]> {
  const folder = targetFolder(out, target);
  const others = await foldersOf(
    folder,
    Arch.options.filter(one => one !== arch),
  );
  const cells = others.filter(cell => ["journal.ndjson", "evidence.json"].some(name => existsSync(join(cell, name))));
  return cells.length === 0 ? [] : (await loadTarget({ folder, cells, whole: false })).cells;
}
