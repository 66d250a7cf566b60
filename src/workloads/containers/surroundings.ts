import { run } from "../../kata/ctr.ts";
import { because, pass } from "../../model/check.ts";
import { exampleNonce, printed } from "../example.ts";
import { lines } from "../marks.ts";
import { containerCheck } from "./container-check.ts";
import type { ContainerWorkload } from "./container-workload.ts";
import { kataInstead, lanes } from "./example.ts";
import { onTestbed } from "./scripts.ts";

const title = "A program finds its variables, its folder and a single mounted file as they were given";

const said = (variable: string) =>
  printed(`variable ${variable}\nfolder /tmp\nfile nameserver 192.0.2.53 # ${exampleNonce}\nwritten no\n`);
const proven = lanes(() => ({ surroundings: said(exampleNonce) }));

export const surroundings: ContainerWorkload = {
  id: "surroundings",
  letter: "N",
  title,
  steps: lane => {
    const file = `${lane.folder}/resolv.conf`;
    return [
      onTestbed(lane, "surroundings-written", [write, file, `nameserver 192.0.2.53 # ${lane.nonce}`]),
      {
        id: `${lane.name}.surroundings`,
        command: run(
          lane,
          {
            id: lane.ids.limited,
            role: "member",
            mounts: [`type=bind,src=${file},dst=/etc/resolv.conf,options=bind:ro`],
            options: ["--env", `KATA_VERIFY=${lane.nonce}`, "--cwd", "/tmp"],
          },
          ["sh", "-c", look],
          40_000,
        ),
      },
    ];
  },
  check: containerCheck({
    id: "surroundings",
    title,
    code: "kata.exec",
    prove: (lane, evidence) => {
      const found = lines(evidence, `${lane}.surroundings`);
      const nonce = evidence.facts.kataNonce;
      if (found.get("variable") !== nonce) return "A variable that the program was given is not there";
      if (found.get("folder") !== "/tmp") return `The program began in ${found.get("folder")}, not in /tmp`;
      if (found.get("file") !== `nameserver 192.0.2.53 # ${nonce}`)
        return because("kata.volume", `The mounted file reads ${found.get("file") ?? "nothing"}`);
      if (found.get("written") !== "no")
        return because("kata.volume", "A file that is mounted to be read can be written");
      return pass("A variable, the folder and /etc/resolv.conf are as they were given");
    },
    examples: { pass: proven, fail: kataInstead(proven, { surroundings: said("") }) },
  }),
};

const write = `printf '%s\\n' "$2" >"$1"`;

const look = `
echo "variable $KATA_VERIFY"
echo "folder $(pwd)"
echo "file $(cat /etc/resolv.conf)"
( echo more >>/etc/resolv.conf ) 2>/dev/null && echo "written yes" || echo "written no"
`;
