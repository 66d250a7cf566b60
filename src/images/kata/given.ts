import { lstat, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { releaseFolder } from "../../kata/layout.ts";
import { expectedKata } from "../../kata/shim-version.ts";
import { UsageError } from "../../model/failure.ts";
import type { KataTree } from "../../observe/kata/tree.ts";
import { compressionOf } from "../release/compression.ts";
import { type KeptOptions, kept, sha256Of } from "../release/kept.ts";
import { surveyFolder } from "../release/survey.ts";
import { Unfit } from "../release/unfit.ts";
import { kataContent } from "./content.ts";
import { type KataUse, treeOf } from "./tree.ts";
import { usedParts } from "./used.ts";

const unreadable: Readonly<Record<string, string>> = {
  ENOENT: "there is nothing",
  ENOTDIR: "there is nothing",
  ELOOP: "it is a link that leads nowhere",
  EACCES: "it cannot be read by this user",
  EPERM: "it cannot be read by this user",
};

const wanted = `Expected is ${expectedKata}: ${releaseFolder} as a release unpacks it, or a tarball of it (.tar.zst, .tar.xz, .tar.gz)`;

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

/** Rejects with `UsageError` where what the user gave is no Kata that can be used. */
async function orUsage<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const found = error instanceof Unfit ? error.message : unreadable[codeOf(error)];
    if (found === undefined) throw error;
    throw new UsageError(`--kata ${path}: ${found}`, wanted);
  }
}

type Given = { readonly kind: "folder"; readonly root: string } | { readonly kind: "tarball"; readonly path: string };

/** The folder that is laid out as `/opt/kata`, which may be the one given or be in it; or the tarball. */
async function given(path: string): Promise<Given> {
  const at = await realpath(path);
  const found = await stat(at);
  if (found.isFile()) return { kind: "tarball", path: at };
  if (!found.isDirectory()) throw new Unfit("it is neither a folder nor a file");
  const inside = join(at, releaseFolder);
  const isInside = await lstat(inside).then(
    one => one.isDirectory(),
    () => false,
  );
  return { kind: "folder", root: isInside ? inside : at };
}

/** Looks at what the user gave as far as that takes no engine. Rejects with `UsageError`. */
export async function checkGiven(path: string, uses: readonly KataUse[]): Promise<void> {
  await orUsage(path, async () => {
    const found = await given(path);
    if (found.kind === "tarball") return void (await compressionOf(found.path));
    const survey = await surveyFolder(found.root);
    for (const use of uses) await usedParts(survey, use);
  });
}

const origin = { source: "path", vouched: "nobody: it was given with --kata" } as const;

/** What is used of a folder or a tarball that the user gave. Rejects with `UsageError`, or as the engine and the disk do. */
export async function givenKata(path: string, use: KataUse, options: KeptOptions): Promise<KataTree> {
  return orUsage(path, async () => {
    const found = await given(path);
    if (found.kind === "folder") return await treeOf(found.root, use, origin, options);
    options.tell(`reading ${path}`);
    const sha256 = await sha256Of(found.path);
    const tarball = { path: found.path, sha256, vouched: origin.vouched, discard: async () => {} };
    const { folder } = await kept(kataContent, { sha256 }, async () => tarball, options);
    return await treeOf(folder, use, origin, options);
  });
}
