import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { launcher } from "../launcher.ts";
import { root, run } from "../pipeline.ts";

/** The project as it is built, with another text in one file of a folder. Returns the words by which it is started. */
export async function projectWith(folder: string, path: string, text: string): Promise<readonly string[]> {
  // Builds what is older than its sources.
  await run(["list", "targets"]);
  const project = join(folder, "project");
  await mkdir(join(project, dirname(path)), { recursive: true });
  const others = (await readdir(root)).filter(name => name !== dirname(path));
  for (const name of others) await symlink(join(root, name), join(project, name));
  await writeFile(join(project, path), text);
  const launch = join(folder, "launch.mjs");
  await writeFile(launch, launcher);
  return [launch, `${project}/`];
}
