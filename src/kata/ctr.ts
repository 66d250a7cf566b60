import type { Command, Seen } from "../model/command.ts";
import type { Lane } from "./lane.ts";
import { watched, watchedToItsEnd } from "./watched.ts";

/** containerd's client, with what each call of it is told. */
export const client = ({ ctr, address, namespace }: Lane): readonly [string, ...string[]] => [
  ctr,
  "--address",
  address,
  "--namespace",
  namespace,
];

export interface ContainerOptions {
  readonly id: string;
  /** How it stands to its pod; containerd's shims, and Kata's, go by the annotations of Kubernetes. */
  readonly role: "sandbox" | "member";
  readonly limits?: { readonly memoryBytes: number; readonly cpuQuota: number; readonly cpuPeriod: number };
  /** As `ctr run --mount` takes them, beside the volume. */
  readonly mounts?: readonly string[];
  /** `own`: a namespace that the runtime makes and removes, with nothing in it; else the lane's. */
  readonly network?: "own";
  /** Options of `ctr run` beside these. */
  readonly options?: readonly string[];
}

/** A label is also an annotation of the OCI runtime's configuration, which `--annotation` is only since containerd 1.5. */
const labels = ({ ids }: Lane, role: ContainerOptions["role"]): readonly string[] => [
  "--label",
  `io.kubernetes.cri.container-type=${role === "sandbox" ? "sandbox" : "container"}`,
  "--label",
  `io.kubernetes.cri.sandbox-id=${ids.sandbox}`,
];

const limitOptions = ({ memoryBytes, cpuQuota, cpuPeriod }: NonNullable<ContainerOptions["limits"]>) => [
  "--memory-limit",
  String(memoryBytes),
  "--cpu-quota",
  String(cpuQuota),
  "--cpu-period",
  String(cpuPeriod),
];

function containerOptions(lane: Lane, { id, role, limits, mounts = [], network, options = [] }: ContainerOptions) {
  const volume = `type=bind,src=${lane.volume},dst=/volume,options=rbind:rw`;
  return [
    ...["--runtime", lane.runtime],
    ...(lane.configPath === undefined ? [] : ["--runtime-config-path", lane.configPath]),
    ...["--snapshotter", lane.snapshotter],
    ...(network === "own" ? [] : ["--with-ns", `network:${lane.network.namespace}`]),
    ...labels(lane, role),
    ...[volume, ...mounts].flatMap(mount => ["--mount", mount]),
    ...(limits === undefined ? [] : limitOptions(limits)),
    ...options,
    ...[lane.image, id],
  ];
}

type Argv = readonly [string, ...string[]];

/** Starts a container that stays; what its program prints is nobody's. Ends when it has started. */
export const start = (lane: Lane, container: ContainerOptions, argv: Argv, timeoutMs: number): Command =>
  watched(lane, {
    argv: [...client(lane), "run", "--detach", "--null-io", ...containerOptions(lane, container), ...argv],
    timeoutMs,
  });

/**
 * At the end of its standard input the client asks Kata's Go shim to close the container's, before it closes its own end
 * of the FIFO between them, for which the shim waits with its lock held: both hang. So there is no end of input.
 */
const held = `
fifo=$1.$$ said=$2; shift 2
mkfifo "$fifo"
exec 3<>"$fifo"
rm "$fifo"
[ -z "$said" ] || printf '%s\\n' "$said" >&3
exec "$@" <&3 3<&-
`;

const withInput = (lane: Lane, said: string, argv: readonly string[], timeoutMs: number): Command => ({
  argv: ["sh", "-c", held, "sh", `${lane.folder}/stdin`, said, ...argv],
  timeoutMs,
});

/** What deleting a task is refused with while it has not ended: by containerd, and by Kata's Go runtime. */
const notYet = '*"must be stopped"* | *"not ready or stopped"*';

/** What a client exits with that gave up a container, and with it the exit code of its program, as often as it was tried. */
const codeLost = 76;

/** Whether nobody has the exit code of the program that ran in a container. */
export const lostCode = ({ ending }: Seen): boolean => ending.kind === "exited" && ending.code === codeLost;

/**
 * Kata's Go runtime tells of the end of a container that joined a sandbox a moment before it lets it be deleted, which the
 * client tries at once: it then gives up, and nobody has the program's exit code. So it is tried until it is not refused.
 * Giving up, the client tries once more itself: where that comes late enough to be let, the code is gone with the container, which
 * is run again then.
 */
const settled = `
errors=$1.$$ id=$2 ctr=$3 address=$5 namespace=$7; shift 7
again=2
while :; do
  "$@" 2>"$errors"
  code=$?
  said=$(cat "$errors"); rm -f "$errors"
  [ -z "$said" ] || echo "$said" >&2
  case $said in *"not ready or stopped"*) ;; *) exit "$code" ;; esac
  until said=$("$ctr" --address "$address" --namespace "$namespace" task delete "$id" 2>&1); do
    case $said in ${notYet}) sleep 0.2 ;; *"not found"*) break ;; *) echo "$said" >&2; exit 1 ;; esac
  done
  case $said in *"not found"*) ;; *) break ;; esac
  "$ctr" --address "$address" --namespace "$namespace" container delete "$id" >/dev/null 2>&1
  echo "kata-verify: the client gave up $id, whose exit code nobody has" >&2
  [ "$again" -gt 0 ] || exit ${codeLost}
  again=$((again - 1))
done
"$ctr" --address "$address" --namespace "$namespace" container delete "$id" >&2 || exit 1
case $said in *"non-zero exit code "*) ;; *) exit 0 ;; esac
code=\${said##*"non-zero exit code "}
exit "\${code%%[!0-9]*}"
`;

const untilSettled = (lane: Lane, id: string, { argv, ...rest }: Command): Command => ({
  ...rest,
  argv: ["sh", "-c", settled, "sh", `${lane.folder}/errors`, id, ...client(lane), ...argv],
});

/** Runs a container to its end, removes it, and ends as its program did. */
export function run(lane: Lane, container: ContainerOptions, argv: Argv, timeoutMs: number): Command {
  const { id, role } = container;
  const words = [...client(lane), "run", "--rm", ...containerOptions(lane, container), ...argv];
  const command = withInput(lane, "", words, timeoutMs);
  return role === "sandbox" ? watchedToItsEnd(lane, command) : watched(lane, untilSettled(lane, id, command));
}

export interface ExecOptions {
  /** Names the process to containerd, so it is another for each. */
  readonly as: string;
  /** A line for the program's standard input, which never ends. */
  readonly say?: string;
  readonly timeoutMs: number;
}

/** Runs a program in a container that is up, and ends as it did. */
export const exec = (lane: Lane, id: string, argv: Argv, { as, say = "", timeoutMs }: ExecOptions): Command =>
  watched(lane, withInput(lane, say, [...client(lane), "task", "exec", "--exec-id", as, id, ...argv], timeoutMs));

/**
 * Asks the container's program to end, and removes the container when it has. `ctr` has no command that waits: deleting is
 * tried until it is not refused. Prints the client's words: by them the program's exit code is known.
 */
export const stop = (lane: Lane, id: string, timeoutMs: number): Command => ({
  argv: ["sh", "-c", stopScript, "sh", id, ...client(lane)],
  timeoutMs,
});

const stopScript = `
id=$1; shift
"$@" task kill --signal SIGTERM "$id" 2>&1 || exit
echo "signalled $id"
until said=$("$@" task delete "$id" 2>&1); do
  case $said in ${notYet}) sleep 0.2 ;; *) echo "$said"; exit 1 ;; esac
done
echo "$said"
echo "task deleted $id"
"$@" container delete "$id" 2>&1 || exit
echo "container deleted $id"
`;
