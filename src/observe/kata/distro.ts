import { Unprepared } from "../../images/unprepared.ts";
import { readShimVersion } from "../../kata/shim-version.ts";
import type { Seen } from "../../model/command.ts";
import type { Facts, Package } from "../../model/evidence.ts";
import { reason } from "../../model/reason.ts";
import type { Target } from "../../model/target.ts";
import type { KataRuntime } from "../../model/words.ts";
import type { KataTree } from "./tree.ts";

/** What is known of the distro's own Kata before it is used. */
export interface DistrosOwn {
  readonly paths: NonNullable<Facts["paths"]>;
  /** The package that the shim, or the configuration where there is no shim, is of. */
  readonly owner: Package | undefined;
  readonly target: Target;
  /** What the shim printed for `--version`. */
  readonly said: Seen | undefined;
  /** The configuration file itself, links followed: Kata looks for drop-ins beside that. */
  readonly config: string | undefined;
  /** What the user asked for. */
  readonly runtime: KataRuntime | undefined;
}

/** Of a package's version what upstream called it: without epoch and the distro's own revision. */
const upstream = (version: string) => version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");

const unavailable = (message: string) => new Unprepared("install", reason("kata.unavailable", message));

/** Why nothing of a shim was found. */
function noShim({ owner, target }: DistrosOwn): Unprepared {
  const names = target.packages.kata.join(", ");
  if (owner !== undefined)
    return unavailable(`${owner.name} ${owner.version} brought no shim of Kata's to a known path`);
  return unavailable(
    names === ""
      ? `No package file that was given has a shim of Kata's at a known path, and ${target.title} has none`
      : `${target.title} has no package of Kata any more: ${names}`,
  );
}

/**
 * The distro's own Kata, which was installed with everything else: no file of it is brought, and its guest is the one that the
 * package made. Throws `Unprepared` where no package brought such a thing, or one of another runtime than was asked for.
 */
export function distroKata(one: DistrosOwn): KataTree {
  const { paths, owner, said, config, runtime: asked } = one;
  const { kataShim, kataTool } = paths;
  if (kataShim === undefined) throw noShim(one);
  if (owner === undefined) throw unavailable(`${kataShim} belongs to no package`);
  const named = `${owner.name} ${owner.version}`;
  if (config === undefined) throw unavailable(`${named} brought no configuration of Kata's to a known path`);
  const shim = readShimVersion(said?.stdout ?? "");
  const runtime = shim?.runtime ?? "go";
  if (runtime === "rust")
    throw unavailable(`${named} has Kata's runtime in Rust, of which it is not known where a distro configures it`);
  if (asked !== undefined && asked !== runtime) throw unavailable(`${named} has no Kata runtime in Rust`);
  const from = owner.candidate ? "nobody: it is a package file" : `the repository of ${named}`;
  return {
    binaries: {
      ...{ source: "distro", runtime, version: shim?.version ?? upstream(owner.version) },
      digest: `${named} ${owner.arch}`,
      vouched: owner.candidate ? from : `${from}: ${owner.repository?.name ?? "none that is known"}`,
      ...{ shim: kataShim, config },
    },
    ...{ files: [], links: [] },
    ...(kataTool === undefined ? {} : { tool: kataTool }),
  };
}
