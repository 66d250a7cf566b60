import type { Readable } from "node:stream";
import type Docker from "dockerode";
import type { ImageFacts, Labels } from "../engine.ts";
import { follow } from "./progress.ts";
import { splitReference } from "./reference.ts";
import type { Watchdog } from "./watchdog.ts";

const quickMs = 60_000;
const importMs = 900_000;

interface LocalImage extends ImageFacts {
  readonly repoDigests: readonly string[];
}

/** The engine's answer that there is no such thing. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && "statusCode" in error && error.statusCode === 404;
}

export async function imageFacts(docker: Docker, dog: Watchdog, name: string): Promise<LocalImage | undefined> {
  try {
    const found = await dog.during("inspecting an image", () => docker.getImage(name).inspect(), {
      timeoutMs: quickMs,
    });
    return {
      id: found.Id.startsWith("sha256:") ? found.Id : `sha256:${found.Id}`,
      labels: found.Config.Labels ?? {},
      sizeBytes: found.Size,
      repoDigests: found.RepoDigests ?? [],
    };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Dockerfile lines: the one form of labels that every engine's commit and import take. */
export function labelChanges(labels: Labels): string[] {
  const quoted = (text: string) => `"${text.replaceAll(/["\\$]/g, "\\$&")}"`;
  return Object.entries(labels).map(([name, value]) => `LABEL ${quoted(name)}=${quoted(value)}`);
}

export async function importTar(
  docker: Docker,
  dog: Watchdog,
  tar: Readable,
  labels: Labels,
  reference?: string,
): Promise<ImageFacts> {
  const { repository: repo, tag } = reference === undefined ? {} : splitReference(reference);
  const name = repo === undefined ? {} : { repo, tag };
  const id = await dog.during(
    "importing an image",
    async abortSignal => {
      const changes = labelChanges(labels);
      const stream = await docker.importImage(tar, { changes, ...name, abortSignal });
      return follow(stream as Readable);
    },
    { timeoutMs: importMs },
  );
  const facts = await imageFacts(docker, dog, id);
  if (facts === undefined) throw new Error(`the engine imported ${id} and does not have it`);
  return facts;
}

export async function imagesWith(docker: Docker, dog: Watchdog, label: string): Promise<ImageFacts[]> {
  const filters = { label: [label] };
  const found = await dog.during("listing images", abortSignal => docker.listImages({ filters, abortSignal }), {
    timeoutMs: quickMs,
  });
  return found.map(one => ({ id: one.Id, labels: one.Labels ?? {}, sizeBytes: one.Size }));
}

export async function removeImage(docker: Docker, dog: Watchdog, id: string): Promise<void> {
  try {
    await dog.during("removing an image", abortSignal => docker.getImage(id).remove({ abortSignal }), {
      timeoutMs: importMs,
    });
  } catch (error) {
    const used = error instanceof Error && "statusCode" in error && error.statusCode === 409;
    if (!isAbsent(error) && !used) throw error;
  }
}
