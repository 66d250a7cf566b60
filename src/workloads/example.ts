import type { EvidencePart } from "../model/check.ts";
import type { Seen } from "../model/command.ts";
import { token } from "./workload.ts";

export const exampleNonce = "5eed5eed5eed5eed5eed5eed5eed5eed";

/** A step that exited with 0 and printed this. */
export const printed = (stdout: string, argv: readonly string[] = []): Seen => ({
  argv: [...argv],
  ending: { kind: "exited", code: 0 },
  stdout,
  stderr: "",
  durationMs: 1,
});

/** Evidence of a guest that ran to its end and said this, `SUBJECT KEY=VALUE` each; for the examples of checks. */
export function guestSaid(said: readonly string[], steps: Readonly<Record<string, Seen>> = {}): EvidencePart {
  const all = ["guest up=1.00", ...said, "shutdown begin=yes"];
  return {
    facts: { nonce: exampleNonce, acceleration: "kvm" },
    steps: {
      "guest.vmm": printed("", ["/usr/bin/qemu-system-x86_64", "-machine", "q35,accel=kvm"]),
      "guest.wait": printed("ended - 4711 reboot: Power down"),
      "guest.console": printed("Linux version 6.12\n"),
      "guest.marks": printed(all.map(line => `${token(exampleNonce)} ${line}\n`).join("")),
      ...steps,
    },
  };
}
