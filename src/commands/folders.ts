import { homedir } from "node:os";
import { join } from "node:path";

/** Where what was made is kept for later runs: `$XDG_CACHE_HOME/kata-verify`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const own = env["XDG_CACHE_HOME"];
  return join(own?.startsWith("/") ? own : join(env["HOME"] ?? homedir(), ".cache"), "kata-verify");
}
