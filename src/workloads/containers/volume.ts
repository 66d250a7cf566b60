import { error, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { asked } from "../asked.ts";
import { exampleNonce, printed } from "../example.ts";
import { lines } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { inSandbox, onTestbed } from "./scripts.ts";
import { undone } from "./undone.ts";
import { waited } from "./waited.ts";

const title = "A volume reads the same in the container and on the testbed, whoever wrote it and when";
const mebibytes = "4";
const unchanged = "the container does not see what the testbed changed meanwhile";
const bytes = Number(mebibytes) * 2 ** 20;

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
    inSandbox(lane, "volume-seen", [readAgain, lane.nonce, String(Math.ceil(50 * lane.timeScale))], {
      waitMs: 5_000 * lane.timeScale,
    }),
  ],
  check: containerCheck({
    id: "volume",
    title,
    code: "kata.volume",
    prove: (lane, evidence) => {
      const step = (name: string) => evidence.steps[`${lane}.${name}`];
      const said = (name: string) => lines(evidence, `${lane}.${name}`);
      const written = said("volume-written").get("from-testbed");
      const inside = said("volume");
      const nonce = evidence.facts.kataNonce;
      const unmade = undone(evidence, `${lane}.volume-written`) ?? undone(evidence, `${lane}.volume-changed`);
      if (unmade) return unmade;
      if (written === "") return error("harness.output-unreadable", "The testbed could not read what it wrote itself");
      if (written === undefined) return "The testbed could not write to the volume";
      if (!inside.has("from-testbed")) return "The container could not read the volume";
      const wrong = [
        inside.get("from-testbed") !== written && "the container reads other bytes than the testbed wrote",
        inside.get("note") !== `before ${nonce}` && "the container reads no nonce",
        unwritten(step("volume"), inside),
        (inside.get("from-container") || "none") !== said("volume-changed").get("from-container") &&
          "the testbed reads other bytes than the container wrote",
        said("volume-seen").get("note") !== `after ${nonce}` && unchanged,
      ].filter(one => one !== false);
      const late = wrong.every(one => one === unchanged) && said("volume-seen").get("note") === `before ${nonce}`;
      const slow = late ? waited(lane, evidence, `Of the volume, ${unchanged}`) : undefined;
      if (slow) return slow;
      if (wrong.length > 0) return `Of the volume, ${wrong.join("; ")}`;
      return pass(`${mebibytes} MiB both ways with equal SHA-256, and a change made meanwhile was seen`);
    },
    examples: { pass: proven, fail: kataInstead(proven, { volume: read("cc") }) },
  }),
};

/** Two looks at a file that is too short are equal: the writer's own word counts, and how much there is. */
function unwritten(seen: Seen | undefined, inside: ReadonlyMap<string, string>): string | false {
  if (!asked(seen, "wrote") || inside.get("wrote") === `${bytes} 0`) return false;
  const [size = "nothing", code = "nothing"] = (inside.get("wrote") ?? "").split(" ").filter(Boolean);
  return `the container wrote ${size} of ${bytes} bytes, and its dd exited with ${code}`;
}

const sum = `sum() { sum=$(sha256sum <"$1") && echo "$1 \${sum%% *}"; }`;

const write = `${sum}
set -e
cd "$1"
dd if=/dev/urandom of=from-testbed bs=1048576 count="$3"
[ "$(wc -c <from-testbed)" -eq "$(($3 * 1048576))" ]
echo "before $2" >note
sum from-testbed
`;

const readAndWrite = `${sum}
cd /volume || exit
[ -r from-testbed ] || exit
sum from-testbed
dd if=/dev/urandom of=from-container bs=1048576 count="$1"
code=$?
echo "wrote $(wc -c <from-container) $code"
sum from-container
echo "note $(cat note)"
`;

/** In place, so that the container has seen this very file. What the container did not write is not there. */
const change = `${sum}
set -e
cd "$1"
echo "after $2" >note
[ ! -e from-container ] || sum from-container
`;

/** Up to 5 s, scaled: virtiofsd's default lets a guest go by what it knows for one. */
const readAgain = `
tries=$2
until [ "$(cat /volume/note)" = "after $1" ] || [ "$tries" -eq 0 ]; do sleep 0.1; tries=$((tries - 1)); done
echo "note $(cat /volume/note)"
`;
