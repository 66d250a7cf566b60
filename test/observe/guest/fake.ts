import type { Command, Ending, Observation } from "../../../src/model/command.ts";
import type { Event } from "../../../src/model/evidence.ts";
import { type Testbed, TestbedGone } from "../../../src/model/testbed.ts";
import { exampleNonce } from "../../../src/workloads/example.ts";

/** The commands that a boot gives a testbed, by what is in them. */
const kinds = {
  look: 'echo "testbed $1"',
  serve: 'rm -f "$folder/virtiofsd.pid"',
  start: "record.log",
  inspect: "query-kvm",
  identify: "/proc/$pid/exe",
  refusal: 'cat "$1/vmm.log" >&2',
  shutdown: "/proc/net/unix",
  readBack: "from-guest; do",
  collect: "console/marks",
  await: "await",
  connect: "vsock-connect",
  plug: "device_add",
  diagnose: "stdio",
} as const;
export type Kind = keyof typeof kinds;

function kindOf({ argv, stdin }: Command): Kind {
  const said = `${argv.join("\n")}${stdin ?? ""}`;
  const known: readonly Kind[] = ["collect", "look", "start", "serve", "shutdown", "inspect", "plug", "connect"];
  const kind = [...known, ...(Object.keys(kinds) as Kind[])].find(one => said.includes(kinds[one]));
  if (kind === undefined) throw new Error(`nobody knows this command: ${said}`);
  return kind;
}

export interface Answer {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly ending?: Ending;
}

const files = (...contents: string[]) => contents.map(one => `${one.length}\n${one}`).join("");
const nodes = ["/dev/kvm", "/dev/vhost-vsock", "/dev/vhost-net", "/dev/net/tun", "io_uring"];

/** What a testbed with KVM and everything says of a guest that is well. `said` is what the guest said in its marks. */
export function answers(nonce: string, said: readonly string[]): Readonly<Record<Kind, Answer>> {
  const marks = said.map(line => `kv-${nonce} ${line}\n`).join("");
  return {
    look: {
      stdout: `testbed container\nkernel 6.12\nboot-id 0a\nvirtiofsd virtiofsd 1.13.2\nmemory-mib 4096\ncpus 2\n${nodes.map(node => `${node} ok\n`).join("")}block.img aa\nhotplug.img aa\n`,
    },
    serve: { stdout: "waiting\n" },
    start: { stdout: "4711\n" },
    inspect: { stdout: '{"QMP": {}}\n{"return": {"enabled": true, "present": true}}\n11 -> anon_inode:kvm-vm\n' },
    identify: { stdout: "exe /usr/bin/qemu\nsame /usr/bin/qemu\n" },
    refusal: { stdout: "exited 1\n" },
    await: { stdout: `ended - 4711 kv-${nonce} shutdown begin=yes\n` },
    connect: { stdout: `${nonce} testbed-${nonce}\n` },
    plug: { stdout: '{"return": {}}\n' },
    shutdown: { stdout: "vmm exited 0\nvirtiofsd exited 0\nlooked\n" },
    readBack: { stdout: `meant bb\nfrom-testbed aa\nfrom-guest bb\nsays guest ${nonce}\n` },
    collect: { stdout: files("", "exited 0\n", "", "exited 0\n", "4711", marks, "", marks) },
    diagnose: { stdout: "Kernel panic - not syncing: early\n" },
  };
}

/** What a guest says that is well. */
export const well = (nonce: string): string[] => [
  ...["guest up=1.00", "console release=6.12", "console boot-id=0b", "console device=/dev/hvc0"],
  `console nonce=${nonce}`,
  ...["vsock said=listening", "virtiofs mounted=kataShared", `virtiofs nonce=${nonce}`, "virtiofs read=aa"],
  ...[
    "virtiofs written=0",
    "virtiofs wrote=bb",
    "block disk=vda",
    `block nonce=${nonce}`,
    "block bytes=65536",
    "block read=aa",
  ],
  ...["network mac=as given", "network driver=virtio_net", "network carrier=1", "network reply=64 bytes seq=0"],
  ...["entropy current=virtio_rng.0", `entropy drawn=${"1f0e".repeat(16)}`, "hotplug before=0", "hotplug waiting=yes"],
  ...["hotplug disk=sda", "hotplug bytes=65536", `hotplug nonce=${nonce}`, "hotplug read=aa", "shutdown begin=yes"],
];

export type Script = (kind: Kind, nth: number, usual: Answer, command: Command) => Answer | "gone";

export interface Fake extends Testbed {
  readonly ran: { readonly kind: Kind; readonly command: Command }[];
  readonly written: string[];
}

/** A testbed that answers as usual but for what the script changes. */
export function fakeTestbed(script: Script = (_kind, _nth, usual) => usual): Fake {
  const ran: Fake["ran"] = [];
  const written: string[] = [];
  const run = async (command: Command): Promise<Observation> => {
    const kind = kindOf(command);
    const nth = ran.filter(one => one.kind === kind).length;
    ran.push({ kind, command });
    const nonce = ran.find(one => one.kind === "look")?.command.argv[7] ?? exampleNonce;
    const answer = script(kind, nth, answers(nonce, well(nonce))[kind], command);
    if (answer === "gone") throw new TestbedGone("it is gone", "infra.testbed-gone");
    const { stdout = "", stderr = "", ending = { kind: "exited", code: 0 } } = answer;
    return { argv: command.argv, ending, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr), durationMs: 1 };
  };
  const write = async (path: string) => void written.push(path);
  return {
    kind: "container",
    ran,
    written,
    run,
    write,
    fetch: async () => new Uint8Array(),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Evidence as far as checks need it. */
export function folded(events: readonly Event[]) {
  const facts: Record<string, unknown> = {};
  const steps: Record<string, unknown> = {};
  for (const event of events) {
    if (event.kind === "fact") facts[event.name] = event.value;
    if (event.kind === "observed") steps[event.step] = event.seen;
  }
  return { facts, steps, stopped: [] };
}
