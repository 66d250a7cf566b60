import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Seen } from "../model/command.ts";
import type { Target } from "../model/target.ts";
import type { Arch } from "../model/words.ts";
import type { Engine, ImageFacts, Labels } from "../testbeds/engine.ts";
import { openScratch } from "./scratch.ts";
import { runTree } from "./tree.ts";

export type Bootstrap = NonNullable<Target["bootstrap"]>;

export interface Bootstrapped {
  readonly seen: Seen;
  /** Null where the tool failed. */
  readonly image: (ImageFacts & { readonly digest: string }) | null;
}

const timeoutMs = 1_800_000;
/** A fixed time makes equal packages an equal tar; day 0 would be an expired password to shadow. */
const env = { SOURCE_DATE_EPOCH: "1577836800", LC_ALL: "C.UTF-8" };

/** The mirror is the tool's own default: addresses are the runner's business. */
export function bootstrapArgv({ tool, suite, components }: Bootstrap, arch: Arch, tar: string): string[] {
  const options = ["--variant=minbase", "--format=tar", `--architectures=${arch}`];
  return [tool, ...options, `--components=${components.join(",")}`, suite, tar];
}

/** Makes the base root file system where no registry gives it; its digest is the sha256 of its tar. */
export async function bootstrap(
  engine: Engine,
  how: Bootstrap,
  arch: Arch,
  labels: Labels,
  reference: string,
  signal?: AbortSignal,
): Promise<Bootstrapped> {
  await using scratch = await openScratch();
  const tar = join(scratch.path, "base.tar");
  const ran = await runTree(bootstrapArgv(how, arch, tar), {
    env: { ...env, TMPDIR: scratch.path },
    timeoutMs,
    signal,
  });
  const stderr = ran.stderr.replaceAll(scratch.path, "$TMPDIR");
  const seen = { ...ran, argv: bootstrapArgv(how, arch, "base.tar"), stderr };
  if (seen.ending.kind !== "exited" || seen.ending.code !== 0) return { seen, image: null };
  const hash = createHash("sha256");
  await pipeline(createReadStream(tar), hash);
  const facts = await engine.importTar(createReadStream(tar), labels, reference);
  return { seen, image: { ...facts, digest: `sha256:${hash.digest("hex")}` } };
}
