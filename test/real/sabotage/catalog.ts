import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import type { Target } from "../../../src/model/target.ts";
import type { ContainerWorkloadId } from "../../../src/model/words.ts";
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

/** The same, with a scenario in which only containers do anything: the guest tier has its own tests. */
export async function catalogOfContainers(
  folder: string,
  id: string,
  containers: readonly ContainerWorkloadId[],
  change: (target: TargetFile) => Partial<TargetFile> = () => ({}),
): Promise<string> {
  const catalog = await catalogWith(folder, id, change);
  const path = join(catalog, "scenarios", "qemu-distro-kernel.json");
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, "utf8")), workloads: [], containers }));
  return catalog;
}
