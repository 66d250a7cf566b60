import { pass } from "../../model/check.ts";
import { exampleNonce, printed } from "../example.ts";
import { lines } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { inSandbox, onTestbed } from "./scripts.ts";

const title = "A volume reads the same in the container and on the testbed, whoever wrote it and when";
const mebibytes = "4";

const read = (wrote: string) => printed(`from-testbed aa\nfrom-container ${wrote}\nnote before ${exampleNonce}\n`);
const proven = lanes(() => ({
  "volume-written": printed("from-testbed aa\n"),
  volume: read("bb"),
  "volume-changed": printed("from-container bb\n"),
  "volume-seen": printed(`note after ${exampleNonce}\n`),
}));

export const volume: ContainerWorkload = {
  id: "volume",
  letter: "E",
  title,
  steps: lane => [
    onTestbed(lane, "volume-written", [write, lane.volume, lane.nonce, mebibytes]),
    inSandbox(lane, "volume", [readAndWrite, mebibytes]),
    onTestbed(lane, "volume-changed", [change, lane.volume, lane.nonce]),
    inSandbox(lane, "volume-seen", [readAgain, lane.nonce]),
  ],
  check: containerCheck({
    id: "volume",
    title,
    code: "kata.volume",
    prove: (lane, evidence) => {
      const said = (step: string) => lines(evidence, `${lane}.${step}`);
      const written = said("volume-written").get("from-testbed");
      const inside = said("volume");
      const nonce = evidence.facts.kataNonce;
      if (written === undefined) return "The testbed could not write to the volume";
      if (!inside.has("from-testbed")) return "The container could not read the volume";
      const wrong = [
        inside.get("from-testbed") !== written && "the container reads other bytes than the testbed wrote",
        inside.get("note") !== `before ${nonce}` && "the container reads no nonce",
        (inside.get("from-container") ?? "none") !== said("volume-changed").get("from-container") &&
          "the testbed reads other bytes than the container wrote",
        said("volume-seen").get("note") !== `after ${nonce}` &&
          "the container does not see what the testbed changed meanwhile",
      ].filter(one => one !== false);
      if (wrong.length > 0) return `Of the volume, ${wrong.join("; ")}`;
      return pass(`${mebibytes} MiB both ways with equal SHA-256, and a change made meanwhile was seen`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { volume: read("cc") }) },
  }),
};

const sum = `sum() { echo "$1 $(sha256sum <"$1" | cut -d ' ' -f 1)"; }`;

const write = `${sum}
cd "$1" || exit
dd if=/dev/urandom of=from-testbed bs=1048576 count="$3" 2>/dev/null
echo "before $2" >note
sum from-testbed
`;

const readAndWrite = `${sum}
cd /volume || exit
[ -r from-testbed ] || exit
sum from-testbed
dd if=/dev/urandom of=from-container bs=1048576 count="$1" 2>/dev/null
sum from-container
echo "note $(cat note)"
`;

/** In place, so that the container has seen this very file. */
const change = `${sum}
cd "$1" || exit
echo "after $2" >note
sum from-container
`;

/** Up to 5 s: virtiofsd's default lets a guest go by what it knows for one. */
const readAgain = `
tries=50
until [ "$(cat /volume/note)" = "after $1" ] || [ "$tries" -eq 0 ]; do sleep 0.1; tries=$((tries - 1)); done
echo "note $(cat /volume/note)"
`;
