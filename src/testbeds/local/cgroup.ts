import { existsSync } from "node:fs";
import { readdir, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { isLeft } from "../../images/scratch.ts";

const tree = "/sys/fs/cgroup";

/** The cgroup of a testbed, named after its folder; empty where the machine has version 1, whose hierarchies are not unshared. */
export const cgroupOf = (folder: string): string =>
  existsSync(join(tree, "cgroup.controllers")) ? join(tree, basename(folder)) : "";

/** Where its programs are: version 2 gives controllers to no cgroup that has both programs and others below it. */
export const leafOf = (cgroup: string): string => (cgroup === "" ? "" : join(cgroup, "kata-verify-own"));

/** Removes an empty cgroup and those below it. One with a program in it is left: it is in use. */
export async function removeCgroup(path: string): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => []))
    if (entry.isDirectory()) await removeCgroup(join(path, entry.name));
  await rmdir(path).catch(() => {});
}

/** What containerd calls the cgroup of all containers in our namespace of it, in each hierarchy of version 1. */
const ofContainers = "kata-verify";

/** Removes the cgroups of testbeds whose run is dead, and what their containers left; says how many. */
export async function sweepCgroups(): Promise<number> {
  const names = async (path: string) => readdir(path).catch(() => []);
  const own = (await names(tree)).filter(isLeft).map(name => join(tree, name));
  const hierarchies = existsSync(join(tree, "cgroup.controllers")) ? [] : await names(tree);
  const others = hierarchies.map(name => join(tree, name, ofContainers)).filter(existsSync);
  for (const path of [...own, ...others]) await removeCgroup(path);
  return [...own, ...others].filter(path => !existsSync(path)).length;
}
