import { run } from "../../kata/ctr.ts";
import { furniture, type Lane } from "../../kata/lane.ts";
import { pass } from "../../model/check.ts";
import type { Step } from "../../model/command.ts";
import type { Evidence } from "../../model/evidence.ts";
import { asked } from "../asked.ts";
import { exampleNonce, printed } from "../example.ts";
import { lines } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { undone } from "./undone.ts";

const title = "A block device that a container is given reads and writes as on the testbed";
const mebibytes = "4";

const said = (file: string) => printed(`read ${exampleNonce}\nwrote aa\nfile ${file}\n`);
const proven = lanes(() => ({ block: said("aa") }));

/** The client's first line: dd speaks before it, and the agent's stack may follow. */
const refusal = ({ steps }: Evidence, lane: Lane["name"]) =>
  /^ctr: (.+)/m.exec(steps[`${lane}.block`]?.stderr ?? "")?.[1] ?? "nobody says why";

function steps(lane: Lane): readonly Step[] {
  // Kata's agent (4.0.0, rustjail's create_devices) refuses a device that is not below /dev, where runc takes any place.
  const device = `/dev/${lane.ids.limited}`;
  const container = { id: lane.ids.limited, role: "member", options: ["--device", device] } as const;
  const { argv, ...rest } = run(lane, container, ["sh", "-c", inside, "sh", device, mebibytes], 40_000);
  const words = [furniture.busybox, lane.folder, lane.nonce, mebibytes, device];
  return [{ id: `${lane.name}.block`, command: { ...rest, argv: ["sh", "-c", around, "sh", ...words, ...argv] } }];
}

export const block: ContainerWorkload = {
  id: "block",
  letter: "I",
  title,
  steps,
  check: containerCheck({
    id: "block",
    title,
    code: "kata.volume",
    prove: (lane, evidence) => {
      const step = `${lane}.block`;
      const seen = evidence.steps[step];
      const found = lines(evidence, step);
      if (!found.get("file"))
        return (lane === "kata" && undone(evidence, step)) || "There is no loop device on the testbed";
      if (!found.has("read")) return `No container came up that is given the device: ${refusal(evidence, lane)}`;
      if (found.get("read") !== evidence.facts.kataNonce) return "The container does not read what is on the device";
      if (asked(seen, "dd") && found.get("dd") !== "0")
        return `The container could not write to the device: dd exited with ${found.get("dd") ?? "nothing"}`;
      if (found.get("wrote") !== found.get("file"))
        return "The device has other bytes on the testbed than in the container";
      return pass(`${mebibytes} MiB, written in the container and read on the testbed, with equal SHA-256`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { block: said("ab") }) },
  }),
};

/**
 * The shell holds the device open and detaches it at once: the kernel does so when the last of its users is gone, however this
 * ends.
 */
const around = `
busybox=$1 folder=$2 nonce=$3 mebibytes=$4 device=$5; shift 5
modprobe -q loop 2>/dev/null
dd if=/dev/urandom of="$folder/disk" bs=1048576 count="$mebibytes" || exit
printf '%s\\n' "$nonce" | dd of="$folder/disk" conv=notrunc || exit
loop=$("$busybox" losetup -f) && "$busybox" losetup "$loop" "$folder/disk" || exit
exec 9<"$loop"
"$busybox" losetup -d "$loop"
mknod "$device" b 7 "\${loop#/dev/loop}" || exit
"$@"
rm -f "$device"
sum=$(sha256sum <"$folder/disk") && echo "file \${sum%% *}"
`;

const inside = `
read -r line <"$1"; echo "read $line"
dd if=/dev/urandom of="$1" bs=1048576 seek=1 count=2 conv=notrunc,fsync
echo "dd $?"
echo "wrote $(dd if="$1" bs=1048576 count="$2" | sha256sum | cut -d ' ' -f 1)"
`;
