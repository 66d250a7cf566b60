import { type Check, error, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { said } from "./example.ts";
import { stepOf } from "./qemu-ended.ts";

/** Offset, bytes, and what they make it; the first that fits. Linux' Documentation/arch/{x86/boot,arm64/booting}.rst. */
const kinds: readonly (readonly [number, string, string])[] = [
  [0x202, "48 64 72 53", "bzImage"],
  [0x38, "41 52 4d 64", "Image"],
  [4, "7a 69 6d 67", "EFI zboot image"],
  [0, "7f 45 4c 46", "vmlinux (ELF)"],
  [0, "1f 8b", "gzip-compressed image"],
];

/** The image's kind from `od -A d -v -t x1`; undefined where it is none that is known. */
export function imageKind(seen: Seen): string | undefined {
  const bytes = [...seen.stdout.matchAll(/^\d{7,} (.*)$/gm)]
    .map(match => match[1]?.trim() ?? "")
    .join(" ")
    .split(" ");
  return kinds.find(([at, magic]) => bytes.slice(at, at + magic.split(" ").length).join(" ") === magic)?.[2];
}

/** `bytes` at `offset` of zeros, as od prints them. */
export function dumped(offset: number, bytes: string): string {
  const all = [...Array<string>(offset).fill("00"), ...bytes.split(" ")];
  const rows = Math.ceil(all.length / 16);
  return Array.from({ length: rows }, (_, row) => {
    const at = String(row * 16).padStart(7, "0");
    return `${at} ${all.slice(row * 16, row * 16 + 16).join(" ")}\n`;
  }).join("");
}

export const kernelImageChecks: readonly Check[] = [
  {
    id: "contract.kernel.image",
    tier: "contract",
    title: "The kernel image is of a kind that a VMM can start",
    gating: true,
    needs: ["kernel.image"],
    judge: evidence => {
      const kind = imageKind(stepOf(evidence, "kernel.image"));
      return kind === undefined
        ? error("harness.output-unreadable", "The kernel image is of no kind that is known")
        : pass(`${kind}${evidence.facts.paths?.kernelRelease ? `, ${evidence.facts.paths.kernelRelease}` : ""}`);
    },
    examples: {
      pass: { steps: { "kernel.image": said(dumped(0x202, "48 64 72 53")) } },
      fail: { steps: { "kernel.image": said(dumped(0, "42 5a 68 39")) } },
    },
  },
];
