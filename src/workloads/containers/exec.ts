import { pass } from "../../model/check.ts";
import { exampleNonce } from "../example.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { ended, kataInstead, lanes } from "./example.ts";
import { inSandbox } from "./scripts.ts";

const title = "A program started in the container reads its input, prints to both outputs and gives back its exit code";
const code = 123;

const proven = lanes(() => ({ exec: ended(code, `heard ${exampleNonce}\n`, `complained ${exampleNonce}\n`) }));

export const exec: ContainerWorkload = {
  id: "exec",
  letter: "B",
  title,
  steps: lane => [inSandbox(lane, "exec", [script, String(code)], { say: lane.nonce })],
  check: containerCheck({
    id: "exec",
    title,
    code: "kata.exec",
    prove: (lane, { facts, steps }) => {
      const seen = steps[`${lane}.exec`];
      if (seen === undefined) return "Nothing was started in the container";
      const wrong = [
        seen.stdout !== `heard ${facts.kataNonce}\n` && "its output is not what it was told to say",
        !seen.stderr.split("\n").includes(`complained ${facts.kataNonce}`) && "its standard error is not what it wrote",
        (seen.ending.kind !== "exited" || seen.ending.code !== code) && `its exit code did not come back as ${code}`,
      ].filter(one => one !== false);
      return wrong.length > 0
        ? `Of the program, ${wrong.join("; ")}`
        : pass(`Input and both outputs, exit code ${code}`);
    },
    examples: {
      pass: proven,
      fail: kataInstead(proven, { exec: ended(0, `heard ${exampleNonce}\n`, `complained ${exampleNonce}\n`) }),
    },
  }),
};

const script = `
read -r line
echo "heard $line"
echo "complained $line" >&2
exit "$1"
`;
