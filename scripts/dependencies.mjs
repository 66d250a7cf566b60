import { spawnSync } from "node:child_process";
import { statSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { NotReady } from "./not-ready.mjs";

function changedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs;
}

/** npm writes this file last: where it is missing, an installation was never finished. */
const written = join("node_modules", ".package-lock.json");

/** Whether node_modules is there and not older than the lock file. */
export function dependenciesAreFresh(root) {
  const installed = changedAt(join(root, written));
  return installed !== undefined && installed >= changedAt(join(root, "package-lock.json"));
}

/** Runs `npm ci` under the lock; what it says goes to standard error, because standard output may be a verdict. */
export function installDependencies(root, lock) {
  console.error("kata-verify: installing dependencies (npm ci)");
  const argv = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  const { error, status, signal } = spawnSync("npm", argv, { cwd: root, stdio: ["ignore", 2, 2, lock] });
  if (error?.code === "ENOENT") throw new NotReady("npm is missing: it comes with Node, or as the package npm");
  if (error) throw error;
  if (status !== 0) throw new NotReady(`npm ci ended with ${signal ?? status}; what it said is above`);
  // A lock file from the future (an unpacked archive, a clock that was set back) would have npm run each time.
  const newest = Math.max(Date.now(), changedAt(join(root, "package-lock.json"))) / 1000;
  utimesSync(join(root, written), newest, newest);
}
