import type { Seen } from "../model/command.ts";
import { reading } from "./reading.ts";

/** Device models of `-device help`: `name "virtio-blk-pci", bus PCI, alias "virtio-blk"`. */
export const readDevices = reading(
  (seen): ReadonlySet<string> => new Set([...seen.stdout.matchAll(/^name "([^"]+)"/gm)].map(match => match[1] ?? "")),
);

/** Machine types and aliases of `-machine help`: the first word of each line after the title. */
export const readMachines = (seen: Seen): ReadonlySet<string> =>
  new Set(
    [...seen.stdout.matchAll(/^([A-Za-z0-9][\w.-]*) {2,}\S|^([A-Za-z0-9][\w.-]*) +[A-Z]/gm)].map(
      match => match[1] ?? match[2] ?? "",
    ),
  );

/** Names of `-object help`, `-netdev help` and `-chardev help`: one a line, indented or not, after a title with a colon. */
export const readNames = reading(
  (seen): ReadonlySet<string> =>
    new Set(
      seen.stdout
        .split("\n")
        .map(line => line.trim())
        .filter(line => /^[\w-]+$/.test(line)),
    ),
);

/** `QEMU emulator version 10.0.13 (Debian 1:10.0.13+ds-0+deb13u1)`. */
export const readVersion = (seen: Seen): string | null =>
  /^QEMU emulator version (\d+\.\d+\S*)/m.exec(seen.stdout)?.[1] ?? null;
