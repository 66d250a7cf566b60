import { type Check, error, fail, pass } from "../model/check.ts";
import { guestSaid, printed } from "../workloads/example.ts";
import { lines } from "../workloads/marks.ts";
import { guestTrouble } from "../workloads/trouble.ts";

/** The binary that counts is the one that ran, not the one that was called: a wrapper may call any other. */
export const vmmThatRan: Check = {
  id: "guest.vmm",
  tier: "guest",
  title: "The program that ran the guest is the VMM under test",
  gating: true,
  needs: ["guest.vmm"],
  judge: evidence => {
    const seen = lines(evidence, "guest.vmm-exe");
    const exe = seen.get("exe");
    if (!exe) {
      const trouble = guestTrouble(evidence);
      return trouble
        ? error(trouble.code, trouble.message, trouble.detail)
        : error("harness.not-observed", "Nobody saw which program ran");
    }
    if (seen.has("same")) return pass(`${exe} ran, the file that is under test`);
    const asked = evidence.steps["guest.vmm"]?.argv[0];
    return fail("provenance.not-shipped", `${asked} was called and ${exe} ran`, `SHA-256 ${seen.get("sha256")}`);
  },
  examples: {
    pass: guestSaid([], {
      "guest.vmm-exe": printed("exe /usr/bin/qemu-system-x86_64\nsame /usr/bin/qemu-system-x86_64\n"),
    }),
    fail: guestSaid([], { "guest.vmm-exe": printed("exe /opt/qemu/bin/qemu\nsha256 5eed\n") }),
  },
};
