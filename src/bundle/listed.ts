import type { BundleManifest } from "../model/bundle.ts";
import { type Refusal, refusal } from "../model/refusal.ts";
import { sha256 } from "./digest.ts";
import { isListed } from "./manifest.ts";
import type { Files } from "./names.ts";

/** Where the files are not those that the manifest lists. */
export function listedRefusals(files: Files, { files: listed }: BundleManifest): Refusal[] {
  const names = new Set(listed.map(({ path }) => path));
  const unlisted = [...files.keys()].filter(path => isListed(path) && !names.has(path));
  const wrong = listed.flatMap(({ path, size, sha256: digest }) => {
    const bytes = isListed(path) ? files.get(path) : undefined;
    if (bytes === undefined) return [refusal("file.missing", path)];
    const own = sha256(bytes);
    return bytes.length === size && own === digest ? [] : [refusal("file.digest", `${path} is ${own}`)];
  });
  return [...unlisted.map(path => refusal("file.unlisted", path)), ...wrong];
}
