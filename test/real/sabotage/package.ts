import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { execa } from "execa";

/** What a package file does to a root file system that it is installed on. */
export interface Sabotage {
  /** Name of the package, and of the file that it is in. */
  readonly name: string;
  /** Put in the place of files of other packages, which are moved aside as `PATH.distrib`. */
  readonly instead?: Readonly<Record<string, Replacement>>;
  /** Moved aside as `PATH.distrib`, with nothing in their place; shell patterns. */
  readonly without?: readonly string[];
  /** Lines of a POSIX shell, run once all is in its place. */
  readonly afterwards?: string;
}

/** A program's text, or where a link leads to. */
type Replacement = { readonly program: string } | { readonly link: string };

const preinst = ({ name, instead = {}, without = [] }: Sabotage) => `#!/bin/sh
set -e
for path in ${[...Object.keys(instead), ...without].join(" ")}; do
  dpkg-divert --package ${name} --divert "$path.distrib" --rename --add "$path"
done
`;

/** Builds the package with the runner's dpkg-deb under a folder; returns the path of the file. */
export async function packageOf(folder: string, sabotage: Sabotage): Promise<string> {
  const { name, instead = {}, afterwards = "true" } = sabotage;
  const tree = join(folder, name);
  const put = async (path: string, what: Replacement) => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    if ("link" in what) return symlink(what.link, join(tree, path));
    await writeFile(join(tree, path), what.program);
    await chmod(join(tree, path), 0o755);
  };
  const control = { Package: name, Version: "1", Architecture: "all", Maintainer: "T <t@example.invalid>" };
  const lines = Object.entries({ ...control, Description: "sabotage" }).map(([field, value]) => `${field}: ${value}\n`);
  await put("DEBIAN/control", { program: lines.join("") });
  await put("DEBIAN/preinst", { program: preinst(sabotage) });
  await put("DEBIAN/postinst", { program: `#!/bin/sh\nset -e\n${afterwards}\n` });
  for (const [path, what] of Object.entries(instead)) await put(path, what);
  const file = join(folder, `${name}.deb`);
  // Without times of its own the same package is the same file, and what it was installed into is found again.
  const env = { SOURCE_DATE_EPOCH: "0" };
  await execa("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, file], { env });
  return file;
}
