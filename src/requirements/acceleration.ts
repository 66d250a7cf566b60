import { type Check, error, fail, pass } from "../model/check.ts";
import type { Seen } from "../model/command.ts";
import type { Acceleration } from "../model/words.ts";
import { shortLines } from "../vmms/short-lines.ts";
import { guestSaid, printed } from "../workloads/example.ts";
import { guestTrouble } from "../workloads/trouble.ts";

/** What a VMM says of KVM (`query-kvm`), and whether it holds a virtual machine of KVM's; undefined where nobody answered. */
function kvm(seen: Seen | undefined): { readonly enabled: boolean; readonly holds: boolean } | undefined {
  const answer = /"return": \{[^{}]*"enabled": (true|false)/.exec(shortLines(seen?.stdout ?? ""));
  return answer
    ? { enabled: answer[1] === "true", holds: /-> anon_inode:kvm-vm\b/.test(seen?.stdout ?? "") }
    : undefined;
}

/** What really ran a guest: what the testbed can give, where the VMM took it. Undefined where that was not seen. */
export function ranUnder(inspected: Seen | undefined, given: Acceleration): Acceleration | undefined {
  const seen = kvm(inspected);
  if (seen === undefined) return undefined;
  return seen.enabled && seen.holds ? given : "tcg";
}

const example = (enabled: boolean, descriptors: string) =>
  guestSaid([], {
    "guest.kvm": printed(`{"return": {"enabled": ${enabled}, "present": true}}\n${descriptors}`),
  });

export const acceleration: Check = {
  id: "guest.acceleration",
  tier: "guest",
  title: "The VMM runs the guest as it was asked to",
  gating: true,
  needs: ["guest.vmm"],
  judge: evidence => {
    const asked = evidence.steps["guest.vmm"]?.argv.some(argument => /\baccel=kvm\b/.test(argument)) ? "KVM" : "TCG";
    const seen = kvm(evidence.steps["guest.kvm"]);
    if (seen === undefined) {
      const trouble = guestTrouble(evidence);
      return trouble
        ? error(trouble.code, trouble.message, trouble.detail)
        : error("harness.not-observed", "The VMM did not say what runs the guest");
    }
    if (asked === "TCG") return pass("The VMM was asked for TCG, and ran it: nothing is known of KVM");
    if (!seen.enabled)
      return fail("acceleration.fell-back", "The VMM was asked for KVM and says that it does not use it");
    if (!seen.holds)
      return fail("acceleration.fell-back", "The VMM says that it uses KVM and holds no virtual machine of it");
    return pass("The VMM was asked for KVM, says that it uses it, and holds a virtual machine of it");
  },
  examples: {
    pass: example(true, "7 -> /dev/kvm\n11 -> anon_inode:kvm-vm\n"),
    fail: example(false, ""),
  },
};
