import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDead, ownName } from "../testbeds/engine/owner.ts";

export interface Scratch extends AsyncDisposable {
  readonly path: string;
}

const prefix = "kata-verify-";

/** A folder of this process's own, gone with the scope. Others may enter: apt reads as another user. */
export async function openScratch(parent = tmpdir()): Promise<Scratch> {
  const path = await mkdtemp(join(parent, `${prefix}${ownName().replaceAll(":", "-")}-`));
  await chmod(path, 0o755);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Removes what processes left that were killed, and says how many folders. */
export async function sweepScratch(parent = tmpdir()): Promise<number> {
  const names = (await readdir(parent)).filter(name => name.startsWith(prefix));
  const left = names.filter(name => isDead(name.slice(prefix.length).split("-").slice(0, 3).join(":")));
  for (const name of left) await rm(join(parent, name), { recursive: true, force: true });
  return left.length;
}
