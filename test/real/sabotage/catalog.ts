import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import type { Target } from "../../../src/model/target.ts";
import { root } from "../pipeline.ts";

type TargetFile = z.input<typeof Target>;

/** A catalog under a folder that has one target: that of the project, with something changed. Returns the folder for --catalog. */
export async function catalogWith(
  folder: string,
  id: string,
  change: (target: TargetFile) => Partial<TargetFile>,
): Promise<string> {
  const target: TargetFile = JSON.parse(await readFile(join(root, "images", `${id}.json`), "utf8"));
  await cp(join(root, "scenarios"), join(folder, "scenarios"), { recursive: true });
  await mkdir(join(folder, "images"));
  await writeFile(join(folder, "images", `${id}.json`), JSON.stringify({ ...target, ...change(target) }));
  return folder;
}
