import type { Boot, Workload } from "../../workloads/workload.ts";

/**
 * The workload whose device or descriptor a VMM refused: QEMU quotes the option before its complaint, the stand-in the
 * descriptor's name. Undefined where the complaint is of something that every guest has.
 */
export function refusedBy(stderr: string, boot: Boot, workloads: readonly Workload[]): Workload | undefined {
  const descriptor = /^standin launch: ([a-z]+)/m.exec(stderr)?.[1];
  const quoted = [...stderr.matchAll(/: (-[a-z]+ [^:\s]+)/g)].map(([, option = ""]) => name(option));
  return workloads.find(
    ({ id, devices }) => id === descriptor || options(devices(boot)).some(one => quoted.includes(one)),
  );
}

const options = (argv: readonly string[]): string[] =>
  argv.flatMap((option, at) => (option.startsWith("-") ? name(`${option} ${argv[at + 1]}`) : []));

/** `-device virtio-rng-pci`, `-chardev id=char-virtiofs`: what tells one device from the others. */
function name(option: string): string {
  const [flag = "", value = ""] = option.split(" ");
  const parts = value.split(",");
  const id = parts.find(part => part.startsWith("id="));
  return `${flag} ${flag === "-device" || id === undefined ? parts[0]?.replace(/^driver=/, "") : id}`;
}
