import * as z from "zod";
import { Package } from "../model/evidence.ts";
import type { Rootfs } from "./hands.ts";

/** What is installed, as the installation wrote it down last: once for the distro's own, once more with candidates. */
export function installedPackages({ events }: Rootfs): Package[] {
  const facts = events.flatMap(event => (event.kind === "fact" && event.name === "packages" ? [event.value] : []));
  return z.array(Package).parse(facts.at(-1) ?? []);
}
