import { randomBytes } from "node:crypto";
import type Docker from "dockerode";
import type { Maker } from "./spec.ts";
import type { Watchdog } from "./watchdog.ts";

/** A container that has this file does not end with its harness. */
export const keptMark = "/tmp/.kata-verify-kept";

/** What is kept is called so. */
export const keptName = (name: string): string => `kata-verify-kept-${name}`;

/** Whether somebody may be looking around in the container of these names, as engines list them. */
export const isKept = (names: readonly string[]): boolean =>
  names.some(name => name.replace("/", "").startsWith(keptName("")));

const isTaken = (error: unknown) => error instanceof Error && "statusCode" in error && error.statusCode === 409;

/** Resolves to the container's new name, which has a suffix where another one of the name is kept. */
export async function renameKept(container: Docker.Container, dog: Watchdog, name: string): Promise<string> {
  const rename = async (to: string) => {
    const call = (abortSignal: AbortSignal) => container.rename({ _query: { name: to }, _body: {}, abortSignal });
    await dog.during("renaming a container", call, { timeoutMs: 60_000 });
    return to;
  };
  const own = keptName(name);
  return rename(own).catch(error => {
    if (isTaken(error)) return rename(`${own}-${randomBytes(2).toString("hex")}`);
    throw error;
  });
}

/** The program by which people reach the engine at that address. */
export function programOf(maker: Maker, address: string): readonly string[] {
  if (maker === "Podman") return ["podman", "--url", address];
  return address === "unix:///var/run/docker.sock" ? ["docker"] : ["docker", "--host", address];
}
