import type { Arch } from "../model/words.ts";
import type { Requirement } from "./requirement.ts";

export type ObjectGroup = "default" | "confidential";

/** What `-object`, `-netdev` and `-chardev` must offer. */
export interface ObjectRow extends Requirement {
  readonly option: "object" | "netdev" | "chardev";
  readonly name: string;
  readonly group: ObjectGroup;
  readonly arches: readonly Arch[];
}

const both: readonly Arch[] = ["amd64", "arm64"];
const govmm = "src/runtime/pkg/govmm/qemu/qemu.go";
const verify = "tools/packaging/static-build/qemu/build-qemu.sh verify_objects";

const row = (
  option: ObjectRow["option"],
  name: string,
  from: string,
  provenBy: Requirement["provenBy"],
  group: ObjectGroup = "default",
  arches = both,
): ObjectRow => ({ option, name, group, arches, from, provenBy });

export const objects: readonly ObjectRow[] = [
  row("object", "memory-backend-file", `${govmm} appendMemoryKnobs`, "virtiofs"),
  row("object", "memory-backend-ram", `${govmm} appendMemoryKnobs`, "contract.qemu.objects"),
  row("object", "rng-random", `${govmm} RngDevice`, "entropy"),
  row("netdev", "tap", `${govmm} NetDevice`, "network"),
  row("chardev", "socket", `${govmm} CharDevice`, "console"),
  row("object", "tdx-guest", verify, "contract.qemu.objects-confidential", "confidential", ["amd64"]),
  row("object", "sev-snp-guest", verify, "contract.qemu.objects-confidential", "confidential", ["amd64"]),
];
