import { because, fail, type Judgement, pass } from "../model/check.ts";
import { unfinished } from "../requirements/cut-short.ts";
import { diagnoseVirtiofsd } from "../vmms/virtiofsd-trouble.ts";
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
  { echo "guest $nonce"; cat /shared/from-testbed; } 2>/shared/error >/shared/from-guest
  mark_sum wrote /shared/from-guest
  umount /shared
else
  mark error "$error"
fi
`,
  after: ({ folder }) => [
    {
      id: "guest.virtiofs",
      command: {
        argv: ["sh", "-c", readBack, "sh", `${folder}/shared`],
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
      const unknown = unseen(told, "guest.virtiofs", ["from-testbed"]) ?? unread(told);
      if (unknown) return unknown;
      const wrong = [
        said.get("nonce") !== told.facts.nonce && "the guest reads no nonce",
        said.get("read") !== there.get("from-testbed") && "the guest reads other bytes than the testbed wrote",
        said.get("wrote") !== there.get("from-guest") && "the testbed reads other bytes than the guest wrote",
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

const readBack = `
cd "$1" || exit
for name in from-testbed from-guest; do echo "$name $(sha256sum <"$name" | cut -d ' ' -f 1)"; done
echo "says $(head -n 1 from-guest)"
`;
