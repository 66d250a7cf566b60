import type { Step } from "../../model/command.ts";
import type { VirtiofsdKind } from "../../vmms/virtiofsd.ts";
import { goArguments, readinessLine, rustArguments } from "../virtiofsd-options.ts";

const timeoutMs = 20_000;

/**
 * Arguments: FOLDER LINE ARGV…. Starts the daemon with something that is no socket as descriptor 3, repeats what it
 * says until it says LINE or ends, kills it then, and ends as it did: 137 is the kill, thus ready.
 */
const startScript = `folder=$1 line=$2; shift 2
rm -rf "$folder" && mkdir -p "$folder/shared" && mkfifo "$folder/said" || exit 70
"$@" 3</dev/null 2>"$folder/said" & pid=$!
while IFS= read -r said; do
  printf '%s\\n' "$said"
  case $said in *"$line"*) kill -s KILL "$pid"; break ;; esac
done <"$folder/said"
wait "$pid"`;

function start(name: string, binary: string, argv: (folder: string, socket: string) => readonly string[]): Step {
  const folder = `/tmp/kata-verify-virtiofsd-${name}`;
  const daemon = [binary, ...argv(`${folder}/shared`, `${folder}/socket`)];
  return {
    id: `virtiofsd.${name}`,
    command: { argv: ["sh", "-c", startScript, "sh", folder, readinessLine, ...daemon], timeoutMs },
  };
}

export const virtiofsdIdentity = (binary: string): Step[] => [
  { id: "virtiofsd.version", command: { argv: [binary, "--version"], timeoutMs } },
  { id: "virtiofsd.help", command: { argv: [binary, "--help"], timeoutMs } },
];

/**
 * Started in the daemon's own language, with the sandbox that a container lets it have; then with exactly what Kata's
 * runtimes pass. Without `--syslog` where it only hides what the daemon says.
 */
export const virtiofsdStarts = (binary: string, kind: VirtiofsdKind): Step[] => [
  start("ready", binary, (folder, socket) =>
    kind === "rust"
      ? [...rustArguments(folder, socket), "--sandbox", "chroot"]
      : [
          ...[`--socket-path=${socket}`, "-o", `source=${folder}`, "-o", "cache=auto", "-o", "announce_submounts"],
          ...["-o", "sandbox=chroot", "--thread-pool-size=1"],
        ],
  ),
  start("arguments-rust", binary, rustArguments),
  start("arguments-go", binary, folder => goArguments(folder).filter(argument => argument !== "--syslog")),
];
