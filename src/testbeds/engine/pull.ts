import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { EngineGone, type PulledImage, PullFailed, type PullOptions } from "../engine.ts";
import { imageFacts } from "./images.ts";
import { follow } from "./progress.ts";
import { pullTrouble } from "./pull-trouble.ts";
import { splitReference } from "./reference.ts";
import type { Watchdog } from "./watchdog.ts";

/** Milliseconds without a line of progress after which the registry counts as down. */
const silenceMs = 120_000;

/** Without the resolver that was asked, which is the runner's own business. */
const message = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).trim().replace(/( lookup \S+) on \S+?:53\b/, "$1");

/** What the registry has under the tag now; undefined where neither it nor the engine can say. */
async function currentDigest(docker: Docker, dog: Watchdog, reference: string): Promise<string | undefined> {
  try {
    const found = await dog.during("asking the registry", () => docker.getImage(reference).distribution(), {
      timeoutMs: 30_000,
    });
    return found.Descriptor.digest;
  } catch (error) {
    if (error instanceof EngineGone) throw error;
    return undefined;
  }
}

/** By digest where one is given: the engine then refuses content that has another. */
export async function pull(
  docker: Docker,
  dog: Watchdog,
  reference: string,
  digest: string | undefined,
  options: PullOptions = {},
): Promise<PulledImage> {
  const { repository, tag } = splitReference(reference);
  const name = digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
  try {
    const said = await download(docker, dog, repository, digest ?? tag, options);
    const facts = await imageFacts(docker, dog, name);
    if (facts === undefined) throw new Error(`the engine pulled ${name} and does not have it`);
    const found = digest ?? said ?? facts.repoDigests.find(one => one.startsWith(`${repository}@`))?.split("@")[1];
    if (found === undefined) throw new Error(`the engine does not say which digest ${name} has`);
    return { id: facts.id, labels: facts.labels, sizeBytes: facts.sizeBytes, digest: found };
  } catch (error) {
    if (error instanceof EngineGone || options.signal?.aborted) throw error;
    const code = pullTrouble(message(error));
    const current = code === "image.not-found" && digest ? await currentDigest(docker, dog, reference) : undefined;
    if (current !== undefined && current !== digest) {
      const text = `${reference} is ${current} now; the registry no longer has ${digest}`;
      throw new PullFailed(text, "image.digest-mismatch", { cause: error });
    }
    throw new PullFailed(`${name}: ${message(error)}`, code, { cause: error });
  }
}

/** Returns the digest that the engine printed. */
async function download(
  docker: Docker,
  dog: Watchdog,
  fromImage: string,
  tag: string,
  { arch, onProgress, signal }: PullOptions,
): Promise<string | undefined> {
  const quiet = new AbortController();
  const stop = signal === undefined ? quiet.signal : AbortSignal.any([quiet.signal, signal]);
  const silence = setTimeout(() => quiet.abort(new Error(`no progress within ${silenceMs} ms`)), silenceMs);
  let digest: string | undefined;
  try {
    await dog.during(
      "pulling an image",
      async abortSignal => {
        const platform = arch === undefined ? {} : { platform: `linux/${arch}` };
        const stream = await docker.createImage({ fromImage, tag, ...platform, abortSignal });
        await follow(stream as Readable, line => {
          silence.refresh();
          digest ??= /^Digest: (sha256:[0-9a-f]{64})/.exec(line.status ?? "")?.[1];
          // What has a bar comes many times a second.
          if (line.progress === undefined) onProgress?.([line.id, line.status].filter(Boolean).join(" "));
        });
      },
      { signal: stop },
    );
  } finally {
    clearTimeout(silence);
  }
  return digest;
}
