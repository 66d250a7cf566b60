import { basename } from "node:path";
import { UsageError } from "../model/failure.ts";
import { readableFiles } from "./values.ts";

/** `NAME_VERSION_ARCH.deb` and `NAME-VERSION-RELEASE.ARCH.rpm`: what built packages are called, though nothing keeps them to it. */
const forms = [/^(?<name>[^_]+)_[^_]+_(?<arch>[^_.]+)\.deb$/, /^(?<name>.+)-[^-]+-[^-]+\.(?<arch>[^.]+)\.rpm$/];

function packageOf(path: string): string | undefined {
  const found = forms.map(form => form.exec(basename(path))?.groups).find(groups => groups !== undefined);
  return found && `${found["name"]} for ${found["arch"]}`;
}

/** Rejects with UsageError for the first that cannot be read, and for two that are called as the same package: one would replace the other. */
export async function packageFiles(paths: readonly string[]): Promise<void> {
  await readableFiles("--with-package", paths);
  const seen = new Map<string, string>();
  for (const path of new Set(paths)) {
    const own = packageOf(path);
    if (own === undefined) continue;
    const other = seen.get(own);
    if (other !== undefined)
      throw new UsageError(`--with-package: ${other} and ${path} are both ${own}`, "Name one file for each package");
    seen.set(own, path);
  }
}
