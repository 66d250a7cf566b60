import { pass } from "../../model/check.ts";
import { printed } from "../example.ts";
import { lines } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { inSandbox } from "./scripts.ts";

const title = "A program in the container has the capabilities that it has under runc, and can gain no other";

const fields = ["CapEff", "CapBnd", "NoNewPrivs"] as const;

const said = (effective: string, mount = "refused") =>
  printed(`CapEff ${effective}\nCapBnd 00000000a80425fb\nNoNewPrivs 1\nSeccomp 0\nmount ${mount}\n`);
const proven = lanes(() => ({ privileges: said("00000000a80425fb") }));

export const privileges: ContainerWorkload = {
  id: "privileges",
  letter: "M",
  title,
  steps: lane => [inSandbox(lane, "privileges", [script])],
  check: containerCheck({
    id: "privileges",
    title,
    code: "kata.privileges",
    prove: (lane, evidence) => {
      const found = lines(evidence, `${lane}.privileges`);
      const runc = lines(evidence, "control.privileges");
      const other = fields.filter(field => !found.has(field) || found.get(field) !== runc.get(field));
      const first = (field: string) => found.get(`first-${field}`) ?? "unknown";
      if (other.length > 0)
        return other
          .map(
            field => `${field} is ${found.get(field)}, under runc ${runc.get(field)} (process 1 has ${first(field)})`,
          )
          .join("; ");
      if (found.get("mount") !== "refused") return "A program without the capability could mount a file system";
      return pass(
        `CapEff ${found.get("CapEff")}, NoNewPrivs ${found.get("NoNewPrivs")}, Seccomp ${found.get("Seccomp")}`,
      );
    },
    examples: { pass: proven, fail: kataInstead(proven, { privileges: said("000001ffffffffff", "done") }) },
  }),
};

/**
 * The program is started in a container that is up: Kata's Go runtime 4.0.0 does not pass on for such a one that it is to gain no
 * privileges, which process 1 shows of the container's own.
 *
 * Nobody asks containerd's client for a seccomp profile: Kata's default leaves it out in the guest.
 */
const script = `
look() {
  while read -r key value; do
    case $key in CapEff:|CapBnd:|NoNewPrivs:|Seccomp:) echo "$1\${key%:} $value" ;; esac
  done
}
look "" </proc/self/status
look first- </proc/1/status
mount -t tmpfs none /tmp 2>/dev/null && echo "mount done" || echo "mount refused"
`;
