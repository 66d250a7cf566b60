import { because, pass } from "../model/check.ts";
import { lackingBy } from "../vmms/lacking.ts";
import { exampleNonce, guestSaid, printed } from "./example.ts";
import { guestCheck } from "./guest-check.ts";
import type { Node, Workload } from "./workload.ts";

const title = "The guest answers over vsock";
const modules = ["vmw_vsock_virtio_transport"];
const nodes: readonly Node[] = [
  { path: "/dev/vhost-vsock", absent: "infra.no-vhost-vsock", absentInVm: "host.device-missing" },
];
/** Kata's agent listens there. */
const port = "1024";

/** What the testbed says, which the guest repeats behind its own nonce. */
const challenge = (nonce: string) => `testbed-${nonce}`;

export const vsock: Workload = {
  id: "vsock",
  title,
  modules,
  nodes,
  descriptors: () => ["--open", "vsock=/dev/vhost-vsock"],
  devices: ({ nested, cid }) => [
    "-device",
    `vhost-vsock-pci,disable-modern=${nested},vhostfd={vsock},id=vsock-${cid},guest-cid=${cid},bus=pcie.0`,
  ],
  script: `
[ -c /dev/vsock ] || mark error "no /dev/vsock"
standin vsock-answer ${port} "$nonce" 2>&1 | while read -r line; do mark said "$line"; done
`,
  during: ({ standin, folder, cid, patienceMs, nonce }) => ({
    once: "said=listening",
    step: {
      id: "guest.vsock",
      command: {
        argv: [
          standin,
          "vsock-connect",
          String(cid),
          port,
          ...[`${folder}/vmm.pid`, String(patienceMs), challenge(nonce)],
        ],
        timeoutMs: patienceMs + 10_000,
      },
    },
  }),
  check: guestCheck({
    id: "vsock",
    title,
    modules,
    nodes,
    code: "guest.vsock",
    prove: (said, { facts, steps }) => {
      const asked = steps["guest.vsock"];
      // The harness's own client, which the guest's word begins: without one it is the guest that is judged.
      if (asked === undefined && said.get("said") === "listening")
        return because("harness.not-observed", "Nobody asked the guest over vsock");
      const { stdout, stderr, ending } = asked ?? { stdout: "", stderr: "", ending: undefined };
      if (ending?.kind === "notStarted")
        return because("harness.not-observed", `The harness's vsock client did not start: ${ending.code}`);
      const [, errno = ""] = /^standin vsock-connect: .*: (E[A-Z0-9]+)$/m.exec(stderr) ?? [];
      const lack = lackingBy(errno);
      if (lack) return because(lack.code, `The harness's vsock client ran out of ${lack.what}: ${errno}`);
      if (facts.nonce !== undefined && stdout.trimEnd() === `${facts.nonce} ${challenge(facts.nonce)}`)
        return pass(`The guest answered a connection to port ${port} with both nonces`);
      if (stdout !== "") return `The guest answered something else: ${stdout.slice(0, 200).trimEnd()}`;
      return said.get("error") ?? `The guest did not answer over vsock: ${stderr.trimEnd()}`;
    },
    examples: {
      pass: guestSaid(["vsock said=listening"], {
        "guest.vsock": printed(`${exampleNonce} testbed-${exampleNonce}\n`),
      }),
      fail: guestSaid(["vsock error=no /dev/vsock", "vsock said=standin vsock-answer: EAFNOSUPPORT"]),
    },
  }),
};
