import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { NotReady } from "./not-ready.mjs";

function flock(fd, ...options) {
  const { error, status } = spawnSync("flock", [...options, "-x", "3"], { stdio: ["ignore", "ignore", 2, fd] });
  if (error?.code === "ENOENT") throw new NotReady("flock is missing: it is in the package util-linux");
  if (error) throw error;
  return status === 0;
}

/**
 * Runs `work` while no other process does so for the same checkout. `work` gets the descriptor that the lock is on, to
 * hand it to the programs that it starts: the kernel frees the lock when the last of them has ended, so one that outlives
 * a killed run is waited for as well.
 */
export async function exclusively(root, work) {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const fd = openSync(join(root, ".cache", "ready.lock"), "w");
  try {
    if (!flock(fd, "-n")) {
      console.error("kata-verify: waiting for another run that makes this checkout ready");
      flock(fd);
    }
    return await work(fd);
  } finally {
    closeSync(fd);
  }
}
