import { Unfit } from "./unfit.ts";

const fileMax = 2 ** 31 - 1;

/** Guests' images have hundreds of MiB; what is used is held in memory once. */
export function mustBeOfSize(path: string, bytes: number): void {
  if (bytes > fileMax) throw new Unfit(`${path} has ${bytes} bytes`);
}

const shown = (name: string) => JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);

/**
 * Where a member of a tarball is below the release's folder; empty for a folder above it. Names are for `/` or for that folder:
 * one is as good as the other. Throws `Unfit` for a name that leaves the place where a tarball is unpacked.
 */
export function memberPath(name: string, folder: string): string {
  const prefix = `${folder.slice(1)}/`;
  const steps = name.split("/").filter(step => step !== "" && step !== ".");
  if (name.startsWith("/")) throw new Unfit(`a member has the absolute name ${shown(name)}`);
  if (steps.includes("..") || name.includes("\0")) throw new Unfit(`a member has the name ${shown(name)}`);
  const path = steps.join("/");
  if (`${path}/` === prefix || prefix.startsWith(`${path}/`)) return "";
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}
