import type Docker from "dockerode";
import { type CacheFolder, type Entry, remember } from "../../src/images/entry.ts";

/** Puts an image that another engine has saved into this one, and what is known of it into a cache. */
export async function loadImage(
  into: Docker,
  tar: NodeJS.ReadableStream,
  entry: Entry,
  { folder }: CacheFolder,
): Promise<void> {
  const said: string[] = [];
  for await (const chunk of await into.loadImage(tar)) said.push(String(chunk));
  // Docker ends the line with a newline and Podman does not; an engine that keeps its images in another way may give them other ids.
  const [, name = ""] = /Loaded image(?: ID)?: ([^\s"\\]+)/.exec(said.join("")) ?? [];
  if (name === "") throw new Error(`the engine did not say what it loaded: ${said.join("")}`);
  const { Id: id } = await into.getImage(name).inspect();
  const imageId = id.startsWith("sha256:") ? id : `sha256:${id}`;
  await remember({ folder, maxAgeMs: 0, fresh: false }, { ...entry, imageId });
}
