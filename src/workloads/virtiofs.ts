import { because, fail, type Judgement, pass } from "../model/check.ts";
import { unfinished } from "../requirements/cut-short.ts";
import { lacked } from "../requirements/lacked.ts";
import { diagnoseVirtiofsd } from "../vmms/virtiofsd-trouble.ts";
import { asked } from "./asked.ts";
import { exampleNonce, guestSaid, printed } from "./example.ts";
import { guestCheck } from "./guest-check.ts";
import { unseen } from "./looked.ts";
import { lines, type Told } from "./marks.ts";
import type { Workload } from "./workload.ts";

const title = "The shared folder is mounted by its tag, and files go both ways through virtiofsd";
const modules = ["virtiofs"];
const bytes = 64 * 1024;

const example = (onTestbed: string) =>
  guestSaid(
    ["virtiofs mounted=kataShared", `virtiofs nonce=${exampleNonce}`, "virtiofs read=aa", "virtiofs wrote=bb"],
    {
      "guest.virtiofs": printed(onTestbed),
    },
  );

export const virtiofs: Workload = {
  id: "virtiofs",
  title,
  modules,
  files: folder => [{ path: `${folder}/shared/from-testbed`, bytes }],
  devices: ({ folder }) => [
    "-chardev",
    `socket,id=char-virtiofs,path=${folder}/virtiofs.sock`,
    "-device",
    "vhost-user-fs-pci,chardev=char-virtiofs,tag=kataShared,queue-size=1024,bus=pcie.0",
  ],
  script: `
mkdir /shared
if error=$(mount -t virtiofs kataShared /shared 2>&1); then
  mark mounted kataShared
  mark_first nonce /shared/from-testbed
  mark_sum read /shared/from-testbed
  error=$({ { echo "guest $nonce" && cat /shared/from-testbed; } >/shared/from-guest; } 2>&1)
  mark written $?
  [ -z "$error" ] || mark refused "\${error##*"$newline"}"
  mark_sum wrote /shared/from-guest
  umount /shared
else
  mark error "$error"
fi
`,
  after: ({ folder, nonce }) => [
    {
      id: "guest.virtiofs",
      command: {
        argv: ["sh", "-c", readBack, "sh", `${folder}/shared`, nonce],
        timeoutMs: 10_000,
      },
    },
  ],
  check: guestCheck({
    id: "virtiofs",
    title,
    modules,
    code: "guest.virtiofs-mount",
    prove: (said, told) => {
      const look = lines(told, "guest.testbed");
      if (look.has("testbed") && !look.has("virtiofsd")) {
        const cut = told.steps["guest.testbed"];
        const why = cut && unfinished("guest.testbed", cut);
        return why ? { outcome: "error", reason: why } : fail("virtiofsd.not-packaged");
      }
      const early = diagnoseVirtiofsd(told.steps["guest.virtiofsd"]);
      if (early) return because(early.code, early.message, early.detail);
      const there = lines(told, "guest.virtiofs");
      const ending = told.steps["guest.virtiofsd-end"]?.ending;
      // SIGKILL is no program's own doing.
      if (ending?.kind === "signalled" && ending.signal !== "SIGKILL" && !said.has("wrote"))
        return fail("virtiofsd.exited-early", `virtiofsd died of ${ending.signal} while the guest used it`);
      if (!said.has("mounted")) return said.get("error") ?? "The guest did not mount kataShared";
      if (!said.has("wrote")) return "The guest stopped while it used the shared folder";
      const whole = asked(told.steps["guest.virtiofs"], "meant");
      const keys = whole ? ["from-testbed", "meant"] : ["from-testbed"];
      const unknown = unseen(told, "guest.virtiofs", keys) ?? unread(told) ?? full(said.get("refused"));
      if (unknown) return unknown;
      const wrong = [
        said.get("nonce") !== told.facts.nonce && "the guest reads no nonce",
        said.get("read") !== there.get("from-testbed") && "the guest reads other bytes than the testbed wrote",
        whole &&
          said.get("written") !== "0" &&
          `the guest's writer exited with ${said.get("written") ?? "nothing"}: ${said.get("refused") ?? "silence"}`,
        whole && said.get("wrote") !== there.get("meant") && "the guest's file has other bytes than it was to write",
        (said.get("wrote") || "none") !== there.get("from-guest") &&
          "the testbed reads other bytes than the guest wrote",
        there.get("says") !== `guest ${told.facts.nonce}` && "the testbed reads no nonce",
      ].filter(one => one !== false);
      if (wrong.length > 0)
        return fail("guest.virtiofs-content", wrong.join("; "), told.steps["guest.virtiofs"]?.stdout);
      return pass("kataShared was mounted; files of 64 KiB with the nonce were read on the other side, both ways");
    },
    examples: {
      pass: example(`from-testbed aa\nfrom-guest bb\nsays guest ${exampleNonce}\n`),
      fail: example(`from-testbed aa\nfrom-guest cc\nsays guest ${exampleNonce}\n`),
    },
  }),
};

/** Of a file that is not there the read-back says so, with a key and no value. */
function unread(told: Told): Judgement | undefined {
  const seen = told.steps["guest.virtiofs"];
  const why = seen && unfinished("guest.virtiofs", seen);
  return why && { outcome: "error", reason: why };
}

/** What the guest was refused is the testbed's own lack where it says so: virtiofsd hands the error through. */
function full(refused = ""): Judgement | undefined {
  const why = lacked("The guest's writer", refused);
  return why && { outcome: "error", reason: why };
}

const readBack = `
cd "$1" || exit
sum=$({ echo "guest $2"; cat from-testbed; } | sha256sum) || exit
echo "meant \${sum%% *}"
for name in from-testbed from-guest; do echo "$name $(sha256sum <"$name" | cut -d ' ' -f 1)"; done
echo "says $(head -n 1 from-guest)"
`;
