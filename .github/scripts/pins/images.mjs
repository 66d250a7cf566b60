import { imageDigests } from "./registry.mjs";

/** A target with the digests that its image's tag has now; the same one where nothing changed. */
export async function withDigests(target, { fetch }) {
  const { reference, digest: before = {} } = target.image;
  const digest = { ...before, ...(await imageDigests(reference, target.arches, { fetch })) };
  return JSON.stringify(digest) === JSON.stringify(before) ? target : { ...target, image: { reference, digest } };
}
