import { type Check, error, fail } from "../../model/check.ts";
import { readProcesses } from "../processes.ts";
import { isUnderTest, notUp, upWith } from "./processes-check.ts";

export const virtiofsd: Check = {
  id: "kata.virtiofsd",
  tier: "kata",
  title: "The sandbox's folder is shared by the virtiofsd under test",
  gating: true,
  needs: ["kata.virtiofsd"],
  judge: evidence => {
    const ran = readProcesses(evidence.steps["kata.virtiofsd"]);
    if (ran === undefined) return notUp(evidence) ?? error("harness.output-unreadable", "Nobody could look");
    const [first] = ran;
    if (first === undefined) {
      const vmm = readProcesses(evidence.steps["kata.vmm"]) ?? [];
      const why = notUp(evidence);
      if (why) return why;
      return vmm.length === 0
        ? fail("kata.no-vm", "The sandbox is up, and neither a virtiofsd nor a VMM runs for it")
        : fail("virtiofsd.exited-early", "The sandbox has a VMM and no virtiofsd any more");
    }
    return isUnderTest(evidence, "virtiofsd", ran, `${first.exe} shares it, ${ran.length} process(es)`);
  },
  examples: {
    pass: upWith(
      "431 kvm=yes vm=yes same /usr/bin/qemu-system-x86_64\n",
      "428 kvm=no vm=no same /usr/libexec/virtiofsd\n429 kvm=no vm=no same /usr/libexec/virtiofsd\n",
    ),
    fail: upWith(
      "431 kvm=yes vm=yes same /usr/bin/qemu-system-x86_64\n",
      "428 kvm=no vm=no 5eed /opt/kata/libexec/virtiofsd\n",
    ),
  },
};
