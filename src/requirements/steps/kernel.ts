import type { Step } from "../../model/command.ts";
import type { Arch } from "../../model/words.ts";
import { hostModules } from "../host.ts";
import { moduleOf } from "../kernel-modules.ts";
import { kernelSymbols } from "../kernel-symbols.ts";

const timeoutMs = 30_000;

/** A kernel on the testbed; `config` is absent where no package brought one. */
export interface KernelParts {
  readonly release: string;
  readonly image: string;
  readonly config?: string;
}

/** All symbols that a row names. */
export const symbolsOf = ({ all, oneOf = [], also = [] }: (typeof kernelSymbols)[number]): string[] => [
  ...new Set([...all, ...oneOf.flat(), ...also]),
];

/** Host kernel and guest kernel are the same package: what KVM and vhost need is looked up with the rest. */
const hostSymbols = ["KVM", "VHOST_NET", "VHOST_VSOCK", "TUN", "MODULES"];

/**
 * Arguments: RELEASE MODULE…. Prints `= MODULE`, then modprobe's plan for it (`insmod PATH`, `builtin NAME`), with
 * `gone PATH` for a file that the index promises and that is not there.
 */
const modulesScript = `release=$1; shift
for module; do
  printf '= %s\\n' "$module"
  modprobe --set-version "$release" --show-depends "$module" 2>&1 | while read -r verb path rest; do
    [ "$verb" != insmod ] || [ -e "$path" ] || verb=gone
    printf '%s %s\\n' "$verb" "$path\${rest:+ $rest}"
  done
done`;

const modulesStep = (id: string, release: string, modules: readonly string[]): Step => ({
  id,
  command: { argv: ["sh", "-c", modulesScript, "sh", release, ...modules], timeoutMs },
});

export function kernelSteps({ release, image, config }: KernelParts, arch: Arch): Step[] {
  const rows = kernelSymbols.filter(row => row.arches.includes(arch));
  const symbols = [...new Set([...rows.flatMap(symbolsOf), ...hostSymbols])].sort();
  const guest = [...new Set(symbols.flatMap(symbol => moduleOf[symbol] ?? []))];
  const host = hostModules.filter(row => row.arches.includes(arch)).map(row => row.module);
  const wanted = `^(# )?CONFIG_(${symbols.join("|")})(=| is not set)`;
  return [
    ...(config === undefined
      ? []
      : [{ id: "kernel.config", command: { argv: ["grep", "-E", wanted, config], timeoutMs } } satisfies Step]),
    { id: "kernel.image", command: { argv: ["od", "-A", "d", "-v", "-t", "x1", "-N", "640", image], timeoutMs } },
    modulesStep("kernel.modules", release, guest),
    modulesStep("host.modules", release, host),
  ];
}
