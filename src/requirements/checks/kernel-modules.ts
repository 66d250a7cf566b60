import { type Check, error, fail, type Judgement, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { unfinished } from "../cut-short.ts";
import { hostModules } from "../host.ts";
import { moduleOf } from "../kernel-modules.ts";
import { kernelSymbols } from "../kernel-symbols.ts";
import { lacked } from "../lacked.ts";
import { said } from "./example.ts";
import { readConfig } from "./kernel-symbols.ts";
import { stepOf } from "./qemu-ended.ts";

export interface ModulePlan {
  /** Whether all that it takes is there: files, or built in. */
  readonly there: boolean;
  readonly lines: readonly string[];
}

/** By module: what modprobe would do for it. */
export function readModules(seen: Seen): ReadonlyMap<string, ModulePlan> {
  return new Map(
    seen.stdout
      .split(/^= /m)
      .slice(1)
      .map(part => {
        const [module = "", ...said] = part.split("\n");
        const lines = said.filter(line => line !== "");
        return [module, { lines, there: lines.length > 0 && lines.every(line => /^(?:insmod|builtin) /.test(line)) }];
      }),
  );
}

/** Of a modprobe that is not there the shell speaks in its place. */
const noModprobe = /^sh: .*modprobe: (?:command )?not found$/;

/** Why the plans tell nothing of modules that they lack; undefined where they do. */
function untold(step: string, seen: Seen, missing: readonly string[]): Judgement | undefined {
  const why = missing.length > 0 ? unfinished(step, seen) : undefined;
  if (why) return { outcome: "error", reason: why };
  const plans = readModules(seen);
  const wanting = lacked(step, missing.flatMap(module => plans.get(module)?.lines ?? []).join("\n"));
  if (wanting) return { outcome: "error", reason: wanting };
  const silent = missing.filter(module => plans.get(module)?.lines.every(line => noModprobe.test(line)) ?? true);
  if (silent.length === 0) return undefined;
  return error(
    "harness.output-unreadable",
    `modprobe said nothing of ${silent.join(", ")}`,
    seen.stdout.slice(0, 2000),
  );
}

const insmod = (module: string) => `= ${module}\ninsmod /lib/modules/6.12.1/kernel/${module}.ko.xz\n`;
const fatal = (module: string) =>
  `= ${module}\nmodprobe: FATAL: Module ${module} not found in directory /lib/modules/6.12.1\n`;

const promised = kernelSymbols.filter(row => row.gating && row.module !== "never").flatMap(row => row.all);

const guestModules: Check = {
  id: "contract.kernel.modules",
  tier: "contract",
  title: "The modules that the kernel's config promises are in its package",
  gating: true,
  needs: ["kernel.config", "kernel.modules"],
  judge: evidence => {
    const config = readConfig(stepOf(evidence, "kernel.config"));
    if (config.size === 0) return error("harness.output-unreadable", "The kernel's config could not be read");
    const plans = readModules(stepOf(evidence, "kernel.modules"));
    const modular = promised.filter(symbol => config.get(symbol) === "m").flatMap(symbol => moduleOf[symbol] ?? []);
    const missing = [...new Set(modular)].filter(module => !plans.get(module)?.there);
    const why = untold("kernel.modules", stepOf(evidence, "kernel.modules"), missing);
    if (why) return why;
    return missing.length === 0
      ? pass(modular.length === 0 ? "All is built in" : [...new Set(modular)].join(" "))
      : fail(
          "guest.module-missing",
          `Not in the kernel's package: ${missing.join(", ")}`,
          missing.flatMap(module => plans.get(module)?.lines ?? []).join("\n"),
        );
  },
  examples: {
    pass: {
      steps: {
        "kernel.config": said("CONFIG_VSOCKETS=m\nCONFIG_VIRTIO_FS=y\n"),
        "kernel.modules": said(insmod("vsock")),
      },
    },
    fail: { steps: { "kernel.config": said("CONFIG_VSOCKETS=m\n"), "kernel.modules": said(fatal("vsock")) } },
  },
};

const hostCheck: Check = {
  id: "contract.host.modules",
  tier: "contract",
  title: "The kernel's package has the modules of a host",
  gating: true,
  needs: ["host.modules"],
  judge: evidence => {
    const plans = readModules(stepOf(evidence, "host.modules"));
    const rows = hostModules.filter(row => row.arches.includes(evidence.cell.arch));
    const has = (module: string) => plans.get(module)?.there ?? false;
    const missing = rows
      .filter(
        row =>
          !has(row.module) &&
          !rows.some(other => row.oneOf !== undefined && other.oneOf === row.oneOf && has(other.module)),
      )
      .map(row => row.module);
    const why = untold("host.modules", stepOf(evidence, "host.modules"), missing);
    if (why) return why;
    return missing.length === 0
      ? pass(rows.map(row => row.module).join(" "))
      : fail(
          "host.module-missing",
          `Not in the kernel's package: ${missing.join(", ")}`,
          missing.flatMap(module => plans.get(module)?.lines ?? []).join("\n"),
        );
  },
  examples: {
    pass: { steps: { "host.modules": said(hostModules.map(row => insmod(row.module)).join("")) } },
    fail: {
      steps: {
        "host.modules": said(
          hostModules.map(({ module }) => (module === "vhost_vsock" ? fatal : insmod)(module)).join(""),
        ),
      },
    },
  },
};

export const kernelModuleChecks: readonly Check[] = [guestModules, hostCheck];
