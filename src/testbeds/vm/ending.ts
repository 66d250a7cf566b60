import { TestbedGone } from "../../model/testbed.ts";

export interface End {
  /** QEMU's exit code; 0 while it still runs. */
  readonly code: number;
  /** What QEMU itself said. */
  readonly said: string;
  readonly console: string;
  readonly emulated: boolean;
  /** The kernel killed it for the memory that it took. */
  readonly outOfMemory?: boolean;
}

/** The lines of a panic and those before it, without the dump of registers and stack. */
export function panicLines(console: string): string | undefined {
  const lines = console.split("\n").map(line => line.trim());
  const at = lines.findIndex(line => line.includes("Kernel panic - not syncing"));
  if (at < 0) return undefined;
  const before = lines.slice(Math.max(0, at - 60), at);
  const telling = before.filter(line =>
    /\b(BUG|Oops|Unable to|invalid opcode|stack-protector|general protection)\b/.test(line),
  );
  return [...telling.slice(-3), ...lines.slice(at, at + 1)].join("\n");
}

const last = (text: string, count: number) => text.trimEnd().split("\n").slice(-count).join("\n");

/** Why a testbed's machine runs no more, from what it and its QEMU said. */
export function reasonOf({ code, said, console, emulated, outOfMemory = false }: End): TestbedGone {
  const panic = panicLines(console);
  if (panic !== undefined)
    return new TestbedGone(
      `the testbed's kernel panicked${emulated ? " under emulation" : ""}: ${panic}`,
      "infra.testbed-panic",
    );
  const text = last(said, 3);
  if (outOfMemory)
    return new TestbedGone("the runner's kernel killed the testbed's QEMU: memory ran out", "infra.memory");
  if (/Cannot allocate memory|cannot set up guest memory|out of memory/i.test(text))
    return new TestbedGone(`the runner has not enough memory for the testbed: ${text}`, "infra.memory");
  if (/No space left on device/i.test(text))
    return new TestbedGone(`the runner's disk is full: ${text}`, "infra.disk-full");
  const how = code > 128 ? `was killed by signal ${code - 128}` : `ended with exit code ${code}`;
  const told = text || last(console, 1).trim();
  return new TestbedGone(`the testbed's QEMU ${how}${told === "" ? "" : `: ${told}`}`);
}
