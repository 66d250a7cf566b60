import * as z from "zod";
import type { Request } from "../model/cell.ts";
import { UsageError } from "../model/failure.ts";
import { Arch, TestbedKind, Tier } from "../model/words.ts";
import type { Values } from "./actions.ts";
import { parsed, words } from "./values.ts";

const RequestOptions = z.object({
  scenario: z.array(z.string()).default([]),
  tier: Tier,
  arch: Arch.optional(),
  testbed: z.enum(["auto", ...TestbedKind.options]),
  require: z.literal("kvm").optional(),
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
  const { scenario, tier, arch, testbed, require } = parsed(RequestOptions, values);
  return {
    targets: words(values.arguments[0]),
    scenarios: scenario,
    arch: arch ?? ownArch(),
    tier,
    testbed,
    requireKvm: require === "kvm",
  };
}
