import { Unprepared } from "../../images/unprepared.ts";
import type { Facts, Package } from "../../model/evidence.ts";
import { reason } from "../../model/reason.ts";
import type { Target } from "../../model/target.ts";
import type { KataTree } from "./tree.ts";

/** Of a package's version what upstream called it: without epoch and the distro's own revision. */
const upstream = (version: string) => version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");

/**
 * The distro's own Kata, which was installed with everything else: no file of it is brought, and its guest is the one that the
 * package made. Throws `Unprepared` where the packages that the target names brought no such thing.
 */
export function distroKata(
  { kataShim, kataConfig, kataTool }: NonNullable<Facts["paths"]>,
  packages: readonly Package[],
  target: Target,
): KataTree {
  const owner = packages.find(({ name }) => target.packages.kata.includes(name));
  const names = target.packages.kata.join(", ");
  if (owner === undefined)
    throw new Unprepared(
      "install",
      reason("kata.unavailable", `${target.title} has no package of Kata any more: ${names}`),
    );
  if (kataShim === undefined || kataConfig === undefined) {
    const lacks = kataShim === undefined ? "shim of Kata's" : "configuration of Kata's";
    throw new Unprepared(
      "install",
      reason("kata.unavailable", `${owner.name} ${owner.version} brought no ${lacks} to a known path`),
    );
  }
  return {
    binaries: {
      source: "distro",
      // No distro builds the one in Rust yet.
      runtime: "go",
      version: upstream(owner.version),
      digest: `${owner.name} ${owner.version} ${owner.arch}`,
      vouched: `the repository of ${owner.name} ${owner.version}: ${owner.repository?.name ?? "none that is known"}`,
      shim: kataShim,
      config: kataConfig,
    },
    files: [],
    links: [],
    ...(kataTool === undefined ? {} : { tool: kataTool }),
  };
}
