import type { Seen } from "../../model/command.ts";

/**
 * What is wrong with how a container was stopped, as a clause. `code` is its program's, which `ctr task delete` tells only as a
 * warning; other codes mean that it never heard the signal.
 */
export function stopped(seen: Seen | undefined, code: number): string | undefined {
  if (seen === undefined) return "nobody asked the container to end";
  const said = seen.stdout;
  if (!said.includes("signalled ")) return `it could not be asked to end: ${said.trim() || seen.stderr.trim()}`;
  if (!said.includes("task deleted ")) return `it did not end when it was asked to: ${said.trim().split("\n").at(-1)}`;
  const came = /exit with non-zero exit code (\d+)/.exec(said)?.[1] ?? "0";
  if (came !== String(code)) return `its exit code came back as ${came}, not as ${code}`;
  return said.includes("container deleted ") ? undefined : "it could not be removed";
}
