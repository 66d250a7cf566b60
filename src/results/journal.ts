import { createHash } from "node:crypto";
import { closeSync, constants, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import type { Event, JournalLine } from "../model/evidence.ts";
import { reason } from "../model/reason.ts";
import { errno } from "./make-folder.ts";

/** What a cell saw, in order, on disk as it happens. */
export interface Journal {
  /** Adds one event; it is with the kernel when this returns. Throws JournalLost once the disk no longer takes it. */
  emit(event: Event): void;
  /** Flushes to the disk. Says nothing about the cell: that is the `closed` event. */
  close(): void;
}

/** The journal could not be written; what came before is whole. */
export class JournalLost extends Error {
  override readonly name = "JournalLost";
}

/** A line's link to the next: SHA-256 of it without its line feed; of nothing, for the first. */
export const link = (line: string): string => createHash("sha256").update(line).digest("hex");

const noRoom = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

/** A disk that is nearly full takes a part of a line before it refuses the rest. */
function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/**
 * Opens a journal that replaces the one at `path`, in a folder that exists. The file appears together with its first line, so that
 * whoever finds a journal also finds of which cell it is. `clock` gives ISO 8601 in UTC with milliseconds.
 */
export function openJournal(path: string, clock: () => string): Journal {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_TRUNC, O_WRONLY } = constants;
  const temporary = `${path}.tmp`;
  const fd = openSync(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW, 0o644);
  const written = { lines: 0, bytes: 0, last: "", lost: undefined as JournalLost | undefined };

  function append(event: Event): void {
    const line: JournalLine = { seq: written.lines + 1, at: clock(), prev: link(written.last), event };
    const text = JSON.stringify(line);
    const bytes = Buffer.from(`${text}\n`);
    try {
      writeAll(fd, bytes);
    } catch (cause) {
      ftruncateSync(fd, written.bytes);
      throw cause;
    }
    if (written.lines === 0) renameSync(temporary, path);
    written.lines += 1;
    written.bytes += bytes.length;
    written.last = text;
  }

  /** The line that did not fit is gone, which often leaves room for this shorter one. */
  function sayNoRoom(code: string): void {
    try {
      const stopped = { stage: "exercise" as const, reason: reason("infra.disk-full", undefined, `journal: ${code}`) };
      append({ kind: "stopped", stopped });
    } catch {
      // The journal then ends without a word, which reads as an interrupted run: still no evidence against anything.
    }
  }

  return {
    emit(event) {
      if (written.lost) throw written.lost;
      try {
        append(event);
      } catch (cause) {
        const code = errno(cause);
        written.lost = new JournalLost(`${path} can no longer be written: ${code}`, { cause });
        if (noRoom.has(code) && written.lines > 0) sayNoRoom(code);
        throw written.lost;
      }
    },
    close() {
      // Whoever writes later must not write into what gets this descriptor next.
      written.lost ??= new JournalLost(`${path} is closed`);
      if (written.lines === 0) rmSync(temporary, { force: true });
      else fsyncSync(fd);
      closeSync(fd);
    },
  };
}
