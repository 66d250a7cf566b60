import { existsSync, readFileSync } from "node:fs";
import { type OsRelease, readOsRelease } from "../plan/this-machine.ts";

const arches: Readonly<Record<string, string>> = { x64: "amd64" };

/** What this machine says of its distro: its own file, or where that is a link of the distro's that is gone, the distro's. */
export function osRelease(): OsRelease | undefined {
  const path = ["/etc/os-release", "/usr/lib/os-release"].find(one => existsSync(one));
  return path === undefined
    ? undefined
    : readOsRelease(readFileSync(path, "utf8"), arches[process.arch] ?? process.arch);
}
