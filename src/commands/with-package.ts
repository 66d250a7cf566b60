import { open } from "node:fs/promises";
import { basename } from "node:path";
import { UsageError } from "../model/failure.ts";
import { readableFiles } from "./values.ts";

/** `NAME_VERSION_ARCH.deb` and `NAME-VERSION-RELEASE.ARCH.rpm`: what built packages are called, though nothing keeps them to it. */
const forms = [/^(?<name>[^_]+)_[^_]+_(?<arch>[^_.]+)\.deb$/, /^(?<name>.+)-[^-]+-[^-]+\.(?<arch>[^.]+)\.rpm$/];

function packageOf(path: string): string | undefined {
  const found = forms.map(form => form.exec(basename(path))?.groups).find(groups => groups !== undefined);
  return found && `${found["name"]} for ${found["arch"]}`;
}

/** What a .deb begins with, which is an archive of `ar`'s, and the lead of an .rpm. */
const begins = [Buffer.from("!<arch>\n"), Buffer.from([0xed, 0xab, 0xee, 0xdb])];

async function isPackage(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
  const head = buffer.subarray(0, bytesRead);
  return begins.some(begin => head.subarray(0, begin.length).equals(begin));
}

/** Rejects with UsageError for the first that cannot be read or is no package, and for two that are called as the same package: one would replace the other. */
export async function packageFiles(paths: readonly string[]): Promise<void> {
  await readableFiles("--with-package", paths);
  for (const path of paths)
    if (!(await isPackage(path)))
      throw new UsageError(
        `--with-package: ${path} is neither a .deb nor an .rpm`,
        "Name package files that were built",
      );
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
