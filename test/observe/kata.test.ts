import { describe, expect, test } from "vitest";
import { furniture } from "../../src/kata/lane.ts";
import type { Event } from "../../src/model/evidence.ts";
import type { Exercise, How } from "../../src/observe/exercise.ts";
import type { Furnished } from "../../src/observe/kata/prepare.ts";
import { observeKata } from "../../src/observe/kata.ts";
import { evidence } from "../judge/evidence.ts";
import { type Answered, type ScriptedTestbed, scriptedTestbed } from "./kata/testbed.ts";

const shim = "/opt/kata/bin/containerd-shim-kata-v2";
const kata = {
  tree: {
    binaries: {
      ...{ source: "path", runtime: "go", version: "4.0.0", digest: "aa", vouched: "nobody" },
      ...{ shim, config: "/opt/kata/share/defaults/kata-containers/configuration-qemu.toml" },
    },
    files: [],
    links: [],
  },
  furnishing: { key: "k", furnish: async () => true },
  initrd: "/initrd",
  ctr: "/usr/bin/ctr",
} satisfies Furnished;

const agent =
  "ctr: failed to create shim task: Failed to Check if grpc server is working: rpc error: code = DeadlineExceeded desc = timed out connecting to vsock CID:1024: unknown\n";
const answer = `snapshotter overlayfs\nversion Server:\nversion Version: 1.7.24\nimage ${furniture.image}\n`;

/** One on which containerd answers, and the client that starts a sandbox under Kata ends so. */
function testbedWith(sandbox: Answered, console = ""): ScriptedTestbed {
  return scriptedTestbed({
    "images ls -q": { stdout: answer },
    [`\n${shim}\n`]: sandbox,
    ...(console === "" ? {} : { "\n-aE\n": { stdout: console } }),
  });
}

async function observed(testbed: ScriptedTestbed, how: How = { offered: "kvm-emulated", timeScale: 8 }) {
  const { cell, request } = evidence({});
  const events: Event[] = [];
  const one = {
    cell: { ...cell, ...request, scenario: { ...cell.scenario, containers: ["own-kernel", "stop"] } },
    parts: { vmm: "/usr/bin/qemu-system-x86_64", virtiofsd: "/usr/libexec/virtiofsd" },
    emit: (event: Event) => void events.push(event),
    signal: new AbortController().signal,
    doing: () => {},
    requireKvm: false,
  } as unknown as Exercise;
  const { stalled } = await observeKata(one, testbed, how, kata);
  return { stalled, events, steps: events.flatMap(event => (event.kind === "observed" ? [event.step] : [])) };
}

const exited = { kind: "exited", code: 1 } as const;
const late = { kind: "timedOut", afterMs: 9 } as const;
const kernel = 'kata: level=debug msg="reading guest console" vmconsole="[    0.000000] Linux version 6.12.1"\n';
const begun = 'kata: level=info msg="Starting VM" name=containerd-shim-v2\n';

describe("a sandbox that did not come up", () => {
  test.each<[string, ScriptedTestbed, boolean]>([
    ["Kata waited for the agent in vain", testbedWith({ ending: exited, stderr: agent }), true],
    ["it did, and the kernel had begun", testbedWith({ ending: exited, stderr: agent }, kernel), false],
    ["a shim refused", testbedWith({ ending: exited, stderr: "ctr: file /q does not exist: not found\n" }), false],
    ["the client was left alone before a VM was begun", testbedWith({ ending: late }), false],
  ])("is a stall of the emulation where nothing was printed: %s", async (_, testbed, stalled) => {
    expect((await observed(testbed)).stalled).toBe(stalled);
  });

  test("is one where the client was left alone with a VM that printed nothing", async () => {
    const testbed = testbedWith({ ending: late });
    const run = testbed.run.bind(testbed);
    const withLog = {
      ...testbed,
      run: async (command: Parameters<typeof run>[0]) => {
        const seen = await run(command);
        return command.argv.includes("-vaE") ? { ...seen, stdout: Buffer.from(begun) } : seen;
      },
    };
    expect((await observed(withLog)).stalled).toBe(true);
  });

  test("is none where time proves something", async () => {
    const testbed = testbedWith({ ending: exited, stderr: agent });
    expect((await observed(testbed, { offered: "kvm", timeScale: 1 })).stalled).toBe(false);
  });
});

test("the VMM is looked at beside the client that starts a sandbox under Kata, and after", async () => {
  const testbed = testbedWith({});
  const { steps } = await observed(testbed);
  expect(steps.filter(step => /^kata\.(?:sandbox|vm|virt)/.test(step))).toEqual([
    ...["kata.sandbox", "kata.vmm-start", "kata.vmm", "kata.virtiofsd"],
  ]);
  const clients = testbed.ran.filter(({ argv }) => argv.includes("--detach"));
  expect(clients.map(({ argv }) => argv.some(word => word.includes("tcg=yes")))).toEqual([false, true]);
});

test("a client is given longer than Kata takes, by what the testbed makes of it", async () => {
  const [plain, scaled] = [testbedWith({}), { ...testbedWith({}), timeScale: 4 }];
  await observed(plain);
  await observed(scaled);
  const [here, there] = [plain, scaled].map(
    ({ ran }) => ran.filter(({ argv }) => argv.includes("--detach")).at(-1)?.timeoutMs,
  );
  expect(here).toBeGreaterThan((96 + 96) * 1000);
  expect(Math.abs((there ?? 0) * 4 - (here ?? 0))).toBeLessThan(4);
});

test("nothing is tried where containerd does not answer", async () => {
  const { steps, events } = await observed(scriptedTestbed({}));
  expect(steps).toEqual(["kata.containerd"]);
  expect(events.at(-1)).toMatchObject({ kind: "stopped", stopped: { reason: { code: "containerd.not-answering" } } });
});
