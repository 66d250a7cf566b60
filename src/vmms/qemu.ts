import type { Command, Step } from "../model/command.ts";
import type { Arch } from "../model/words.ts";
import { properties } from "../requirements/qemu-properties.ts";
import { roms } from "../requirements/qemu-roms.ts";
import type { ContractParts, Vmm } from "./index.ts";
import { goCommandLine, hotplugSlot, rustCommandLine } from "./qemu-command-line.ts";
import { dialogue, type Request } from "./qemu-dialogue.ts";
import { readVersion } from "./qemu-help.ts";

const timeoutMs = 30_000;

/** Kata's `seccompsandbox`: src/runtime/config/configuration-qemu.toml.in. */
const sandbox = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny";

export const aioModes = ["threads", "native", "io_uring"] as const;

/** Prints `NAME PATH` for each ROM that is in a folder where QEMU looks. */
const romScript = `binary=$1; shift
folders=$("$binary" -L help) || exit
printf '%s\\n' "$folders" | while IFS= read -r folder; do
  for rom; do [ ! -e "$folder/$rom" ] || printf '%s %s\\n' "$rom" "$folder/$rom"; done
done`;

/** What QEMU knows of itself; a node on its own binary stands for a disk, opened read-only. */
function questions(binary: string): Request[] {
  return [
    { execute: "query-version", id: "version" },
    { execute: "query-kvm", id: "kvm" },
    { execute: "query-commands", id: "commands" },
    ...[...new Set(properties.map(({ of, kind }) => `${kind} ${of}`))].map((asked): Request => {
      const [kind = "", of = ""] = asked.split(" ");
      const execute = kind === "device" ? "device-list-properties" : "qom-list-properties";
      return { execute, arguments: { typename: of }, id: `properties ${of}` };
    }),
    ...aioModes.map(
      (aio): Request => ({
        execute: "blockdev-add",
        arguments: {
          driver: "file",
          "node-name": `aio-${aio}`,
          filename: binary,
          "read-only": true,
          aio,
          cache: { direct: aio === "native" },
        },
        id: `aio ${aio}`,
      }),
    ),
    {
      execute: "blockdev-add",
      arguments: { driver: "vmdk", "node-name": "vmdk", file: "aio-threads", "read-only": true },
      id: "vmdk",
    },
  ];
}

/** What Kata asks of a sandbox that it has just started, and a disk plugged in as it does for a volume. */
function conversation(binary: string, arch: Arch): Request[] {
  const file = { driver: "file", filename: binary, aio: "threads" };
  return [
    { execute: "query-status", id: "status" },
    { execute: "query-cpus-fast", id: "cpus" },
    { execute: "query-hotpluggable-cpus", id: "hotpluggable" },
    { execute: "query-memory-devices", id: "memory" },
    {
      execute: "blockdev-add",
      arguments: { driver: "raw", "node-name": "drive-1", "read-only": true, file },
      id: "blockdev-add",
    },
    {
      execute: "device_add",
      arguments: { driver: "virtio-blk-pci", id: "virtio-drive-1", drive: "drive-1", ...hotplugSlot[arch] },
      id: "device_add",
    },
  ];
}

const binaries: Readonly<Record<Arch, readonly string[]>> = {
  // Enterprise Linux gives it one name on all architectures; Fedora's qemu-kvm is a link to the other.
  amd64: ["/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm"],
  arm64: ["/usr/bin/qemu-system-aarch64", "/usr/libexec/qemu-kvm"],
};

function contractSteps(parts: ContractParts, arch: Arch): Step[] {
  const { binary } = parts;
  const step = (id: string, argv: readonly string[], stdin?: string): Step => ({
    id: `qemu.${id}`,
    command: { argv: [binary, ...argv], timeoutMs, ...(stdin === undefined ? {} : { stdin }) } satisfies Command,
  });
  const bare = ["-machine", "none", "-nodefaults", "-no-user-config", "-display", "none", "-S"];
  const [, ...go] = goCommandLine(parts, arch);
  const [, ...rust] = rustCommandLine(parts, arch);
  // -machine none: the build for arm64 has no machine of its own choice, and does not list without one.
  return [
    step("version", ["--version"]),
    step("machine-help", ["-machine", "help"]),
    step("device-help", ["-device", "help"]),
    step("object-help", ["-machine", "none", "-object", "help"]),
    step("netdev-help", ["-machine", "none", "-netdev", "help"]),
    step("chardev-help", ["-machine", "none", "-chardev", "help"]),
    {
      id: "qemu.roms",
      command: { argv: ["sh", "-c", romScript, "sh", binary, ...roms.map(({ rom }) => rom)], timeoutMs },
    },
    step("dialogue", [...bare, "-qmp", "stdio"], dialogue(questions(binary))),
    step("sandbox", [...bare, "-sandbox", sandbox, "-qmp", "stdio"], dialogue([])),
    step("command-line-go", go, dialogue(conversation(binary, arch))),
    step("command-line-rust", rust, dialogue(conversation(binary, arch))),
  ];
}

export const qemu: Vmm = {
  id: "qemu",
  title: "QEMU",
  binaries: arch => binaries[arch],
  contractSteps,
  readVersion,
};
