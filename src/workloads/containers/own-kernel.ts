import { error, fail, pass } from "../../model/check.ts";
import { exampleNonce, printed } from "../example.ts";
import { lines, type Told } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { exampleKernel, kataInstead, lanes } from "./example.ts";
import { inSandbox, onTestbed } from "./scripts.ts";

const title = "The container runs on a kernel of its own, booted for this run";

/** Under runc the container must be found to share the testbed's kernel: a look that cannot tell would prove nothing. */
function shares(told: Told): boolean {
  const bootId = lines(told, "control.own-kernel").get("boot-id");
  return bootId !== undefined && bootId === lines(told, "control.own-kernel-testbed").get("boot-id");
}

const testbed = printed(`boot-id 0a\nrelease ${exampleKernel}\nversion Linux version ${exampleKernel}\n`);
const guest = (bootId: string, nonce = exampleNonce, release = exampleKernel) =>
  printed(`nonce ${nonce}\nboot-id ${bootId}\nrelease ${release}\nversion Linux version ${release} (gcc)\n`);
const proven = lanes(lane => ({
  "own-kernel-testbed": testbed,
  "own-kernel": lane === "control" ? testbed : guest("0b"),
}));

export const ownKernel: ContainerWorkload = {
  id: "own-kernel",
  letter: "A",
  title,
  steps: lane => [onTestbed(lane, "own-kernel-testbed", [look]), inSandbox(lane, "own-kernel", [look])],
  check: containerCheck({
    id: "own-kernel",
    title,
    code: "kata.config",
    prove: (lane, evidence) => {
      const said = lines(evidence, `${lane}.own-kernel`);
      const [bootId, release] = [said.get("boot-id"), said.get("release")];
      if (lane === "control")
        return shares(evidence) ? pass("shares the testbed's kernel") : "the container has not the testbed's boot id";
      const testbeds = lines(evidence, "kata.own-kernel-testbed").get("boot-id");
      if (bootId === undefined || release === undefined || testbeds === undefined)
        return "The container did not say which kernel it runs on";
      if (bootId === testbeds)
        return fail("kata.no-vm", "The container has the testbed's boot id: it shares its kernel", `boot id ${bootId}`);
      if (said.get("nonce") === undefined || said.get("nonce") !== evidence.facts.kataNonce)
        return "The kernel under the container was not given this run's nonce";
      const distros = evidence.facts.paths?.kernelRelease;
      if (evidence.cell.scenario.guestKernel === "kata" && release === distros)
        return error("guest.wrong-kernel", `${release} booted, which is the distro's: Kata's own was to`);
      if (evidence.cell.scenario.guestKernel === "distro" && release !== distros)
        return error("guest.wrong-kernel", `${release} booted, ${distros} is under test`);
      if (!said.get("version")?.startsWith(`Linux version ${release} `))
        return error("guest.wrong-kernel", `uname says ${release}, /proc/version ${said.get("version")}`);
      return pass(`${release} echoed the nonce, boot id ${bootId}; the testbed's is ${testbeds}`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { "own-kernel": guest("0a") }) },
  }),
};

const look = `
read -r words </proc/cmdline
for word in $words; do
  case $word in kata-verify.nonce=*) echo "nonce \${word#*=}" ;; esac
done
read -r id </proc/sys/kernel/random/boot_id; echo "boot-id $id"
echo "release $(uname -r)"
read -r line </proc/version; echo "version $line"
`;
