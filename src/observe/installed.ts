import * as z from "zod";
import { Brought, Package } from "../model/evidence.ts";
import type { Rootfs } from "./hands.ts";

function fact({ events }: Rootfs, name: string): unknown {
  return events.flatMap(event => (event.kind === "fact" && event.name === name ? [event.value] : [])).at(-1) ?? [];
}

/** What is installed, as the installation wrote it down last: once for the distro's own, once more with candidates. */
export const installedPackages = (rootfs: Rootfs): Package[] => z.array(Package).parse(fact(rootfs, "packages"));

/** The parts that the user built. */
export const broughtParts = (rootfs: Rootfs): Brought[] => z.array(Brought).parse(fact(rootfs, "brought"));
