import type { Command, Ending, Observation } from "../../model/command.ts";

const names = [
  ...["vmm.log", "vmm.pid.ended", "virtiofsd.log", "virtiofsd.pid.ended"],
  ...["console/seen", "console/head", "console/tail", "console/marks", "virtiofsd.outlived"],
] as const;
type Name = (typeof names)[number];

/** Ends what still runs of a boot, virtiofsd with a note that it was not its own end, prints what it left (each file as its length, a newline, its bytes), removes it. */
export const collect = (folder: string): Command => ({
  argv: ["sh", "-c", script, "sh", folder, ...names],
  timeoutMs: 30_000,
  wholeBytes: 16 * 2 ** 20,
});

const script = `
folder=$1 tries=100; shift
for name in vmm virtiofsd; do
  [ -e "$folder/$name.pid" ] && [ ! -e "$folder/$name.pid.ended" ] || continue
  echo yes >"$folder/$name.outlived"
  kill -KILL "$(cat "$folder/$name.pid")"
done
for name in vmm virtiofsd record; do
  [ -e "$folder/$name.pid" ] || continue
  while [ ! -e "$folder/$name.pid.ended" ] && [ "$tries" -gt 0 ]; do sleep 0.05; tries=$((tries - 1)); done
  [ -e "$folder/$name.pid.ended" ] || kill -KILL "$(cat "$folder/$name.pid")"
done
for name; do if [ -e "$folder/$name" ]; then stat -c %s "$folder/$name"; cat "$folder/$name"; else echo 0; fi; done
rm -rf "$folder" "$folder.pid"
`;

/** What a boot left on its testbed. */
export interface Left {
  readonly vmm: Pick<Observation, "stderr"> & { readonly ending: Ending | undefined };
  /** `outlived`: it had not ended, and the harness ended it. */
  readonly virtiofsd: Pick<Observation, "stderr"> & {
    readonly ending: Ending | undefined;
    readonly outlived: boolean;
  };
  readonly console: Uint8Array;
  readonly marks: Uint8Array;
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Reads what `collect` printed. Files that did not come are empty. */
export function readLeft(stdout: Uint8Array): Left {
  const files = new Map<Name, Uint8Array>();
  let at = 0;
  for (const name of names) {
    const end = stdout.indexOf(0x0a, at);
    if (end < 0) break;
    const size = Number(decode(stdout.subarray(at, end)));
    at = end + 1 + size;
    files.set(name, stdout.subarray(end + 1, at));
  }
  const file = (name: Name) => files.get(name) ?? new Uint8Array();
  return {
    vmm: { stderr: file("vmm.log"), ending: readEnding(decode(file("vmm.pid.ended"))) },
    virtiofsd: {
      stderr: file("virtiofsd.log"),
      ending: readEnding(decode(file("virtiofsd.pid.ended"))),
      outlived: file("virtiofsd.outlived").length > 0,
    },
    console: unroll(file("console/head"), file("console/tail"), Number(decode(file("console/seen")))),
    marks: file("console/marks"),
  };
}

/** The stand-in's words: `exited 1`, `signalled SIGSEGV`. */
export function readEnding(text: string): Ending | undefined {
  const [how, what = ""] = text.trim().split(" ");
  if (how === "exited") return { kind: "exited", code: Number(what) };
  return how === "signalled" ? { kind: "signalled", signal: what } : undefined;
}

/** The console's beginning, what was left out, and its end: `tail` is a ring that begins where `head` ends. */
export function unroll(head: Uint8Array, tail: Uint8Array, seen: number): Uint8Array {
  const behind = seen - head.length;
  if (behind <= 0 || tail.length === 0) return head;
  const start = behind > tail.length ? behind % tail.length : 0;
  const parts = [head, tail.subarray(start), tail.subarray(0, start)];
  if (behind > tail.length)
    parts.splice(1, 0, new TextEncoder().encode(`\n[… ${behind - tail.length} bytes left out …]\n`));
  return Buffer.concat(parts);
}
