import { pass } from "../../model/check.ts";
import { exampleNonce, printed } from "../example.ts";
import { lines } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { inSandbox } from "./scripts.ts";

const title = "The container's root file system is the image's, and takes files";

const looked = (image: string) => printed(`image ${image}\nread ${exampleNonce}\nrenamed yes\nroot virtiofs\n`);
const proven = lanes(() => ({ rootfs: looked("the text") }));

export const rootfs: ContainerWorkload = {
  id: "rootfs",
  letter: "C",
  title,
  steps: lane => [inSandbox(lane, "rootfs", [script, lane.nonce])],
  check: containerCheck({
    id: "rootfs",
    title,
    code: "kata.rootfs",
    prove: (lane, evidence) => {
      const said = lines(evidence, `${lane}.rootfs`);
      const image = lines(evidence, "control.rootfs").get("image");
      if (!said.get("image")) return "The image's file is not there";
      if (said.get("image") !== image) return `The image's file reads ${said.get("image")}, under runc ${image}`;
      if (said.get("read") !== evidence.facts.kataNonce) return "A file that was written does not read back";
      if (said.get("renamed") !== "yes") return "A file cannot be renamed and removed";
      return pass(`/ is ${said.get("root")}; the image's file reads as under runc, a file was written and read back`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { rootfs: looked("another text") }) },
  }),
};

const script = `
read -r line </image; echo "image $line"
printf '%s\\n' "$1" >/etc/kata-verify.new
read -r line </etc/kata-verify.new; echo "read $line"
mv /etc/kata-verify.new /etc/kata-verify && rm /etc/kata-verify && [ ! -e /etc/kata-verify ] && echo "renamed yes"
while read -r source at type rest; do [ "$at" != / ] || echo "root $type"; done </proc/mounts
`;
