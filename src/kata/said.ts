import type { Seen } from "../model/command.ts";

const named: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", a: "\u0007" };

/** A quoted word of a log as it was before: Go's `%q` and Rust's `{:?}` differ in how they write a code point only. */
const unquoted = (text: string): string =>
  text.replace(
    /\\(?:x([\da-f]{2})|u\{([\da-f]{1,6})\}|u([\da-f]{4})|(.))/gi,
    (_, byte?: string, point?: string, short?: string, letter = "") => {
      const code = byte ?? point ?? short;
      return code === undefined ? (named[letter] ?? letter) : String.fromCodePoint(Number.parseInt(code, 16));
    },
  );

const words = (text: string, form: RegExp): readonly string[] =>
  [...text.matchAll(form)].map(([, quoted, bare = ""]) => (quoted === undefined ? bare : unquoted(quoted)));

const consoleForm = /(?:\bvmconsole=|\bvm console: )(?:"((?:[^"\\\n]|\\.)*)"|([^\n]*))/g;

/**
 * The guest's console out of the lines by which the shims pass it on. Each comes twice where the shim's log is containerd's
 * too, so a line that was there is left out.
 */
export const guestConsole = (log: string): string => [...new Set(words(log, consoleForm))].join("\n");

const ofQemuInGo = /^.*\bmsg="((?:[^"\\\n]|\\.)*)".*\bqemuPid=\d+.*$/gm;
const ofQemuInRust = /\bqemu stderr: (?:"((?:[^"\\\n]|\\.)*)"|([^\n]*))/g;
/** What the Go shim says itself of its QEMU. */
const ofTheShim = /^(?:Start logging QEMU|Stop logging QEMU|QEMU exited with)/;
/** Answers of QMP, which the shims pass on in their own words. */
const ofQmp = /(?:QMP command failed: |\bdesc: \\?")([^"\\\n]*)/g;

/** What QEMU wrote to its standard error and answered over QMP, by the shims' logs and what they told their client. */
export function qemuSaid(log: string, client = ""): string {
  const lines = [
    ...words(log, ofQemuInGo).filter(line => !ofTheShim.test(line)),
    ...words(log, ofQemuInRust),
    ...[...`${log}\n${client}`.matchAll(ofQmp)].map(([, said = ""]) => said),
  ];
  return [...new Set(lines)].join("\n");
}

const goSignals: Readonly<Record<string, string>> = {
  "segmentation fault": "SIGSEGV",
  aborted: "SIGABRT",
  "bus error": "SIGBUS",
  "illegal instruction": "SIGILL",
  "trace/breakpoint trap": "SIGTRAP",
  killed: "SIGKILL",
  terminated: "SIGTERM",
};

const stops = /^.*(?:Stopping Sandbox|Cannot start VM|Stopping QEMU VM)/m;

/** Up to where the shims say that they end the sandbox: what ends from there on is their doing. */
function beforeStop(log: string): string {
  const at = log.search(stops);
  return at < 0 ? log : log.slice(0, at);
}

/** One regular expression for both takes time by the square of a line that says the first again and again. */
function errorOfExit(line: string): string | undefined {
  const at = line.indexOf('"QEMU exited with an error"');
  return at < 0 ? undefined : /\berror="([^"]*)"/.exec(line.slice(at))?.[1];
}

/** How QEMU ended by itself, by the Go shim's log; undefined where it did not, or with 0. The Rust shim does not say it. */
export function qemuEnding(log: string): Seen["ending"] | undefined {
  const error = beforeStop(log).split("\n").map(errorOfExit).find(Boolean) ?? "";
  const code = /^exit status (\d+)/.exec(error)?.[1];
  if (code !== undefined) return { kind: "exited", code: Number(code) };
  const signal = goSignals[/^signal: ([^(]*)/.exec(error)?.[1]?.trim() ?? ""];
  return signal === undefined ? undefined : { kind: "signalled", signal };
}

const ends = [
  { who: "virtiofsd", form: /virtiofsd quits|\bwait virtiofsd / },
  { who: "vmm", form: /QEMU exited with an error|Stop logging QEMU|finished reading qemu stderr/ },
] as const;

/** What virtiofsd says as it ends because the VMM has left it. */
const left = /\bvirtiofsd\b.*\bClient disconnected\b/;

/**
 * Who of the two was the first to end by itself, by the shims' logs: the other one follows, being of no use any more. A shim tells
 * of each in a thread of its own, thus in any order, and ends the sandbox for whichever it sees first. That the VMM was the first
 * is known by virtiofsd's own words, and in Go, whose shim says how a VMM failed, by a VMM that ended well before that.
 */
export function firstEnded(log: string): "virtiofsd" | "vmm" | undefined {
  const told = beforeStop(log).split("\n");
  const ended = told.flatMap(line => ends.find(({ form }) => form.test(line))?.who ?? []);
  const well =
    told.some(line => line.includes("Stop logging QEMU")) && stops.test(log) && qemuEnding(log) === undefined;
  return well || told.some(line => left.test(line)) ? "vmm" : ended[0];
}
