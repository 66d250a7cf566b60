import { type Check, error, fail } from "../../model/check.ts";
import { readProcesses } from "../processes.ts";
import { readToItsEnd, vmmThatFellBack } from "../vmm-start.ts";
import { isUnderTest, notUp, upWith } from "./processes-check.ts";

/** The binary that counts is the one that ran, and KVM the one that it holds. */
export const vmm: Check = {
  id: "kata.vmm",
  tier: "kata",
  title: "A VM of KVM's is around the container, made by the VMM under test",
  gating: true,
  needs: ["kata.vmm"],
  judge: evidence => {
    const atStart = evidence.steps["kata.vmm-start"];
    const other = vmmThatFellBack(atStart);
    if (other !== undefined)
      return fail("acceleration.fell-back", `${other.exe} ran the sandbox's guest under TCG`, atStart?.stdout);
    const ran = readProcesses(evidence.steps["kata.vmm"]);
    if (ran === undefined || (atStart !== undefined && !readToItsEnd(atStart)))
      return notUp(evidence) ?? error("harness.output-unreadable", "Nobody could look");
    const [first] = ran;
    if (first === undefined)
      return notUp(evidence) ?? fail("kata.no-vm", "The sandbox is up, and no VMM runs for it on the testbed");
    const holder = ran.find(one => one.vm);
    if (holder === undefined)
      return fail(
        "acceleration.fell-back",
        `${first.exe} runs for the sandbox and holds no virtual machine of KVM's`,
        evidence.steps["kata.vmm"]?.stdout,
      );
    if (!holder.kvm) return fail("acceleration.fell-back", `${holder.exe} has not /dev/kvm open`);
    return isUnderTest(evidence, "vmm", ran, `${holder.exe} runs, has /dev/kvm open, and a virtual machine of it`);
  },
  examples: {
    pass: upWith("431 kvm=yes vm=yes same /usr/bin/qemu-system-x86_64\n", ""),
    fail: upWith("", ""),
  },
};
