import { type Check, error, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { printed } from "../../workloads/example.ts";

/** What the client says whom containerd does not answer. */
const unanswered = /containerd\.sock|failed to dial|error while dialing|server is not responding|deadline exceeded/i;

const last = ({ stderr, stdout }: Seen) => `${stdout}${stderr}`.trimEnd().split("\n").slice(-8).join("\n");

/** Where runc cannot, nothing is known of Kata: the testbed is not one. */
export const control: Check = {
  id: "kata.control",
  tier: "kata",
  title: "containerd starts a container under runc on the testbed",
  gating: true,
  needs: ["control.sandbox"],
  judge: ({ steps }) => {
    const seen = steps["control.sandbox"] ?? printed("");
    const { ending } = seen;
    if (ending.kind === "exited" && ending.code === 0) return pass("A container came up under runc");
    if (ending.kind === "timedOut" || unanswered.test(seen.stderr))
      return error("containerd.not-answering", "containerd did not answer its client", last(seen));
    const how = ending.kind === "exited" ? `ended with ${ending.code}` : `did not end: ${ending.kind}`;
    return error("control.failed", `The client that starts a container under runc ${how}`, last(seen));
  },
  examples: {
    pass: { steps: { "control.sandbox": printed("") } },
    fail: {
      steps: {
        "control.sandbox": {
          ...printed(""),
          ending: { kind: "exited", code: 1 },
          stderr: "ctr: failed to create shim task: OCI runtime create failed: runc create failed: unknown\n",
        },
      },
    },
  },
};
