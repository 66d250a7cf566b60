import { type Check, error, fail, pass, skip } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { said } from "./example.ts";

/** A note of an ELF file: who defined it, which of theirs it is, and what it says, as a hexadecimal number. */
export interface Note {
  readonly name: string;
  readonly type: number;
  readonly says: string;
}

const littleEndian = (bytes: Uint8Array) =>
  [...bytes]
    .reverse()
    .map(byte => byte.toString(16).padStart(2, "0"))
    .join("");

/** `text` is `LENGTH ALIGN` and the bytes; fields begin at multiples of 4 where less than 8 is said. */
function notesOf(text: string): Note[] | undefined {
  const [, length, align, dump = ""] = /^(\d+) (\d+)\n([\s\da-f]*)$/.exec(text) ?? [];
  const bytes = Uint8Array.from(dump.match(/\S+/g) ?? [], byte => Number.parseInt(byte, 16));
  if (bytes.length !== Number(length)) return undefined;
  const word = (at: number) => new DataView(bytes.buffer).getUint32(at, true);
  const next = (at: number) => Math.ceil(at / (align === "8" ? 8 : 4)) * (align === "8" ? 8 : 4);
  const notes: Note[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 12 > bytes.length) return undefined;
    const says = next(at + 12 + word(at));
    const end = says + word(at + 4);
    if (end > bytes.length) return undefined;
    const [name = ""] = new TextDecoder("latin1").decode(bytes.subarray(at + 12, says)).split("\0");
    notes.push({ name, type: word(at + 8), says: littleEndian(bytes.subarray(says, end)) });
    at = next(end);
  }
  return notes;
}

/** What step `kernel.notes` printed; undefined where that is not all notes of an ELF file. */
export function readNotes({ ending, stdout }: Seen): Note[] | undefined {
  if (ending.kind !== "exited" || ending.code !== 0 || !/^elf \d+$/m.test(stdout)) return undefined;
  const read = stdout
    .split(/^notes /m)
    .slice(1)
    .map(notesOf);
  return read.includes(undefined) ? undefined : read.flatMap(notes => notes ?? []);
}

/** XEN_ELFNOTE_PHYS32_ENTRY of Xen's elfnote.h: the physical address at which it begins in 32-bit mode without paging. */
const phys32Entry = ({ name, type }: Note) => name === "Xen" && type === 18;

const step = "kernel.notes";
const named = ({ name, type }: Note) => `${name} ${type}`;

const linux = "notes 24 4\n 06 00 00 00 04 00 00 00 01 01 00 00 4c 69 6e 75\n 78 00 00 00 00 00 00 00\n";
const xen = "notes 24 4\n 04 00 00 00 08 00 00 00 12 00 00 00 58 65 6e 00\n 20 0b 00 01 00 00 00 00\n";

export const kernelNoteChecks: readonly Check[] = [
  {
    id: "contract.kernel.pvh-note",
    tier: "contract",
    title: "The kernel in the image has the PVH note",
    gating: false,
    // Asked for in `judge`, for the skip to come first: nobody looks for it on other architectures.
    needs: [],
    judge: evidence => {
      if (evidence.cell.arch !== "amd64") return skip("catalog.other-arch");
      const seen = evidence.steps[step];
      if (seen === undefined) return error("harness.not-observed", `${step} was not observed`);
      if (seen.ending.kind === "timedOut") return error("infra.slow", "The kernel image was not unpacked in time");
      const notes = readNotes(seen);
      if (notes === undefined)
        return error("harness.output-unreadable", "The kernel in the image cannot be read", seen.stdout + seen.stderr);
      const entry = notes.find(phys32Entry);
      return entry === undefined
        ? fail("guest.no-pvh", undefined, `notes: ${notes.map(named).join(", ") || "none"}`)
        : pass(`It begins at 0x${entry.says.replace(/^0+(?=.)/, "")}`);
    },
    examples: {
      pass: { steps: { [step]: said(`packed 28 b5 2f fd 04 88\nelf 5\n${linux}${xen}`) } },
      fail: { steps: { [step]: said(`packed 28 b5 2f fd 04 88\nelf 5\n${linux}`) } },
    },
  },
];
