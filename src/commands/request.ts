import { resolve } from "node:path";
import * as z from "zod";
import type { KataChoice, Request } from "../model/cell.ts";
import { UsageError } from "../model/failure.ts";
import { Arch, KataRuntime, TestbedKind, Tier } from "../model/words.ts";
import type { Values } from "./actions.ts";
import { parsed, words } from "./values.ts";

/** A folder or file of one of the other names is meant by a path: `./release`. */
const kataChoice = (given: string): KataChoice =>
  given === "release" || given === "distro" ? { source: given } : { source: "path", path: resolve(given) };

const RequestOptions = z.object({
  scenario: z.array(z.string()).default([]),
  tier: Tier,
  arch: Arch.optional(),
  testbed: z.enum(["auto", ...TestbedKind.options]),
  require: z.literal("kvm").optional(),
  kata: z.string().min(1, "release, distro, or a path").transform(kataChoice),
  runtime: KataRuntime.optional(),
  workloads: z.enum(["gating", "all"]),
  withPackage: z.array(z.string()).default([]),
});

const arches: Readonly<Record<string, Arch>> = { x64: "amd64", arm64: "arm64" };

function ownArch(): Arch {
  const arch = arches[process.arch];
  if (arch) return arch;
  throw new UsageError(
    `This machine is ${process.arch}, which the catalog does not have`,
    "Name another one: --arch amd64",
  );
}

/** What the user asked for. Throws UsageError. */
export function requestOf(values: Values): Request {
  const { scenario, tier, arch, testbed, require, kata, runtime, workloads, withPackage } = parsed(
    RequestOptions,
    values,
  );
  return {
    targets: words(values.arguments[0]),
    scenarios: scenario,
    arch: arch ?? ownArch(),
    tier,
    testbed,
    requireKvm: require === "kvm",
    kata,
    ...(runtime === undefined ? {} : { runtime }),
    workloads,
    candidates: withPackage.length > 0,
  };
}
