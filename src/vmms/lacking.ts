import type { Code } from "../model/reason.ts";

export interface Lacking {
  readonly code: Code;
  /** What there was not enough of. */
  readonly what: string;
}

/** In the words of C, Rust, GLib, QEMU and the shells. */
const wants: readonly (readonly [said: RegExp, code: Code, what: string])[] = [
  [/No space left on device|Disk quota exceeded/, "infra.disk-full", "disk space"],
  [
    /[Cc]annot allocate memory|\bOut of memory\b|memory allocation of \d+ bytes failed|failed to allocate \d+ bytes/,
    "infra.memory",
    "memory",
  ],
  [/Too many open files/, "infra.memory", "open files"],
  [
    /[Cc]an(?:no|')t fork|(?:fork|clone|qemu_thread_create|pthread_create)\b.{0,40}: Resource temporarily unavailable|failed to spawn thread.{0,200}(?:WouldBlock|temporarily unavailable)/,
    "infra.memory",
    "processes",
  ],
];

/** What the machine had not enough of, by a line that a program or a shell said; undefined where it is nothing of the kind. */
export function lacking(line: string): Lacking | undefined {
  const [, code, what] = wants.find(([said]) => said.test(line)) ?? [];
  return code && what ? { code, what } : undefined;
}

/** The errno's names in the same sense. */
const errnos: Readonly<Record<string, Lacking>> = {
  ENOMEM: { code: "infra.memory", what: "memory" },
  ENOBUFS: { code: "infra.memory", what: "memory" },
  EAGAIN: { code: "infra.memory", what: "processes" },
  EMFILE: { code: "infra.memory", what: "open files" },
  ENFILE: { code: "infra.memory", what: "open files" },
  ENOSPC: { code: "infra.disk-full", what: "disk space" },
  EDQUOT: { code: "infra.disk-full", what: "disk space" },
};

/** The same of an errno's name. */
export const lackingBy = (errno: string): Lacking | undefined => errnos[errno];
