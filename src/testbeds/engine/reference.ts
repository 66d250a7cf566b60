export interface Reference {
  readonly repository: string;
  readonly tag: string;
}

/** `127.0.0.1:5000/debian:13` is the repository `127.0.0.1:5000/debian` and the tag `13`. */
export function splitReference(reference: string): Reference {
  const colon = reference.lastIndexOf(":");
  if (colon < reference.lastIndexOf("/") || colon === -1) return { repository: reference, tag: "latest" };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}
