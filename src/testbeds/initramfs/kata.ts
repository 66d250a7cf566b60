import { guestFolder, guestInit } from "../../kata/guest-init.ts";
import { concatenate, cpio, file } from "./cpio.ts";
import type { Module } from "./guest.ts";

export interface KataInitrdParts {
  /** Kata's own initrd, compressed or not. */
  readonly base: Uint8Array;
  /** Static, for the guest's architecture. */
  readonly busybox: Uint8Array;
  /** Static, for the guest's architecture. */
  readonly standin: Uint8Array;
  /** Each behind those that it depends on. */
  readonly modules: readonly Module[];
}

/**
 * Kata's own initrd, not a byte of it changed, and behind it an archive with a distro kernel's modules and an init that
 * inserts them: the kernel unpacks one archive after the other, each beginning at a multiple of four bytes.
 */
export function kataInitrd({ base, busybox, standin, modules }: KataInitrdParts): Uint8Array {
  const distinct = new Map(modules.map(module => [module.name, module.contents]));
  const padding = new Uint8Array((4 - (base.length % 4)) % 4);
  const own = cpio([
    file(`${guestFolder}/init`, guestInit, 0o755),
    file(`${guestFolder}/busybox`, busybox, 0o755),
    file(`${guestFolder}/standin`, standin, 0o755),
    file(`${guestFolder}/modules.list`, [...distinct.keys()].map(name => `${name}\n`).join("")),
    ...[...distinct].map(([name, contents]) => file(`${guestFolder}/modules/${name}`, contents)),
  ]);
  return concatenate([base, padding, own]);
}
