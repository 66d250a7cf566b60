import { expect, test } from "vitest";
import { TestbedGone } from "../../../src/model/testbed.ts";
import type { Agent } from "../../../src/testbeds/vm/agent.ts";
import type { Bulk } from "../../../src/testbeds/vm/bulk.ts";
import { ChannelClosed } from "../../../src/testbeds/vm/line-channel.ts";
import { openTestbed } from "../../../src/testbeds/vm/testbed.ts";
import type { Vmm } from "../../../src/testbeds/vm/vmm.ts";

/** A machine that is up, whose run has been interrupted; `exec` is its agent's. */
function interrupted(exec: Agent["exec"]) {
  const did: string[] = [];
  const shell: Agent["exec"] = (...given) => {
    did.push("shell");
    return exec(...given);
  };
  const vmm = {
    alive: () => Promise.reject(new TestbedGone("the run was interrupted", "infra.interrupted")),
    keep: async name => {
      did.push(`keep ${name}`);
      return { name: `kept-${name}`, program: ["docker"] };
    },
  } as Partial<Vmm> as Vmm;
  const started = {
    vmm,
    agent: { exec: shell } as Agent,
    bulk: {} as Bulk,
    tookMs: 1,
    [Symbol.asyncDispose]: async () => {},
  };
  const snapshot = { restored: false, because: "a test" };
  const up = { started, stalls: 0, bootMs: 1, snapshot };
  return { testbed: openTestbed(up, "kvm-emulated"), did };
}

const ended = (argv: readonly string[], how: string) => {
  const stderr = Buffer.from(`\n${argv[argv.indexOf("run") + 2]} ${how}\n`);
  return { code: 0, signal: undefined, stdout: new Uint8Array(), stderr };
};

test("a VM is kept when there is a shell on it, though the run was interrupted", async () => {
  const { testbed, did } = interrupted(async argv => ended(argv, "exited 0"));
  const { enter, remove } = await testbed.keep("a");
  expect(did).toEqual(["shell", "keep a"]);
  expect(enter.slice(0, 5)).toEqual(["docker", "exec", "-it", "kept-a", "socat"]);
  expect(remove).toEqual([["docker", "rm", "-f", "kept-a"]]);
});

test.each([
  ["the VM is gone", () => Promise.reject(new ChannelClosed("the channel was closed"))],
  ["no shell starts", async (argv: readonly string[]) => ended(argv, "exited 1")],
])("none is kept where %s", async (_, exec) => {
  const { testbed, did } = interrupted(exec);
  await expect(testbed.keep("a")).rejects.toThrow();
  expect(did).toEqual(["shell"]);
});
