const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** UTF-8 as text that gives the same bytes again; undefined for anything else. */
export function exactText(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}
