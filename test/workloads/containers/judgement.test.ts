import { describe, expect, it } from "vitest";
import type { Seen } from "../../../src/model/command.ts";
import type { Evidence } from "../../../src/model/evidence.ts";
import type { ContainerWorkloadId } from "../../../src/model/words.ts";
import { containerWorkloads } from "../../../src/workloads/containers/index.ts";
import { exampleNonce } from "../../../src/workloads/example.ts";
import { evidence, scenario, target } from "../../judge/evidence.ts";
import { exampleLane } from "./lane.ts";

const checkOf = (id: ContainerWorkloadId) => {
  const found = containerWorkloads.find(workload => workload.id === id);
  if (found === undefined) throw new Error(`no workload ${id}`);
  return found.check;
};

type Change = (seen: Seen) => Seen;

/** Text of a step's output for another, which must be there. */
const instead =
  (from: string, to: string): Change =>
  seen => {
    expect(seen.stdout).toContain(from);
    return { ...seen, stdout: seen.stdout.replace(from, to) };
  };

/** What the check says where steps came out otherwise than in its example. */
function judged(id: ContainerWorkloadId, changes: Readonly<Record<string, Change>>, rest: Partial<Evidence> = {}) {
  const check = checkOf(id);
  const { facts = {}, steps = {} } = check.examples.pass;
  const changed = Object.entries(changes).map(([step, change]): [string, Seen] => {
    const seen = steps[step];
    if (seen === undefined) throw new Error(`the example has no step ${step}`);
    return [step, change(seen)];
  });
  const said = check.judge(evidence({ facts, steps: { ...steps, ...Object.fromEntries(changed) }, ...rest }));
  return said.outcome === "pass" ? "pass" : `${said.outcome} ${said.reason.code}: ${said.reason.message}`;
}

/** The step as today's script is run for it, which said this beside. */
const today =
  (id: ContainerWorkloadId, step: string, more: string): Change =>
  seen => {
    const steps = containerWorkloads.find(workload => workload.id === id)?.steps(exampleLane("kata")) ?? [];
    const argv = steps.find(one => one.id === step)?.command.argv ?? [];
    return { ...seen, argv: [...argv], stdout: `${seen.stdout}${more}` };
  };

const bothLanes = (step: string, change: Change) => ({ [`control.${step}`]: change, [`kata.${step}`]: change });
const exited =
  (code: number): Change =>
  seen => ({ ...seen, ending: { kind: "exited", code } });

describe("own kernel", () => {
  it("is not there where the testbed's boot id comes back, whatever else is said: runc in disguise", () => {
    const told = "fail kata.no-vm: The container has the testbed's boot id: it shares its kernel";
    expect(judged("own-kernel", { "kata.own-kernel": instead("boot-id 0b", "boot-id 0a") })).toBe(told);
    const disguise: Change = seen => ({
      ...seen,
      stdout: `nonce ${exampleNonce}\nboot-id 0a\nrelease 6.6.6-kata\nversion Linux version 6.6.6-kata (gcc)\n`,
    });
    expect(judged("own-kernel", { "kata.own-kernel": disguise })).toBe(told);
  });

  it("has this run's nonce, or Kata did not boot it as it was told", () => {
    const other = instead(exampleNonce, exampleNonce.replace("5", "6"));
    expect(judged("own-kernel", { "kata.own-kernel": other })).toMatch(/^error kata\.config: .*nonce/);
    const none = instead(`nonce ${exampleNonce}\n`, "");
    expect(judged("own-kernel", { "kata.own-kernel": none })).toMatch(/^error kata\.config: .*nonce/);
    expect(judged("own-kernel", {}, { facts: {} })).toMatch(/^error kata\.config: /);
  });

  it("is the kernel under test, by uname and by /proc/version, unless it is Kata's", () => {
    const other: Change = seen => ({ ...seen, stdout: seen.stdout.replaceAll("6.12.1", "6.12.2") });
    const changes = { "kata.own-kernel": other };
    expect(judged("own-kernel", changes)).toBe("error guest.wrong-kernel: 6.12.2 booted, 6.12.1 is under test");
    const cell = { target, scenario: { ...scenario, guestKernel: "kata" }, arch: "amd64" } as const;
    expect(judged("own-kernel", changes, { cell })).toBe("pass");
    expect(judged("own-kernel", {}, { cell })).toMatch(
      /^error guest\.wrong-kernel: 6\.12\.1 booted, which is the distro's/,
    );
    expect(judged("own-kernel", { "kata.own-kernel": instead("version 6.12.1 (", "version 6.12.2 (") })).toMatch(
      /^error guest\.wrong-kernel: uname says 6\.12\.1, /,
    );
  });

  it("tells nothing where the look cannot tell: under runc the boot ids are the same", () => {
    expect(judged("own-kernel", { "control.own-kernel": instead("boot-id 0a", "boot-id 0c") })).toMatch(
      /^error control\.failed: /,
    );
  });
});

describe("exec", () => {
  it.each<[string, Change, RegExp]>([
    ["the exit code is another", exited(0), /its exit code did not come back as 123$/],
    ["it never ended", seen => ({ ...seen, ending: { kind: "timedOut", afterMs: 9 } }), /its exit code/],
    ["it heard nothing", instead(exampleNonce, ""), /its output is not/],
    [
      "the outputs are one",
      seen => ({ ...seen, stdout: seen.stdout + seen.stderr, stderr: "" }),
      /output.*standard error/,
    ],
  ])("%s", (_, change, message) => {
    expect(judged("exec", { "kata.exec": change })).toMatch(message);
    expect(judged("exec", { "kata.exec": change })).toMatch(/^fail kata\.exec: /);
    expect(judged("exec", { "control.exec": change })).toMatch(/^error control\.failed: /);
  });
});

describe("rootfs", () => {
  it.each<[string, Change, RegExp]>([
    ["no file of the image", instead("image the text\n", ""), /is not there/],
    ["another file", instead("the text", "a text"), /reads a text, under runc the text/],
    ["a write that is lost", instead(`read ${exampleNonce}`, "read "), /does not read back/],
    ["a name that stays", instead("renamed yes\n", ""), /renamed/],
  ])("%s", (_, change, message) => {
    const said = judged("rootfs", { "kata.rootfs": change });
    expect(said).toMatch(/^fail kata\.rootfs: /);
    expect(said).toMatch(message);
  });
});

describe("network", () => {
  it.each<[string, string, Change, RegExp]>([
    [
      "no link",
      "kata.network",
      instead("eth0 2: eth0    inet 192.0.2.2/24", "eth0 ip: can't find device"),
      /eth0 has not/,
    ],
    ["another address", "kata.network", instead("inet 192.0.2.2/", "inet 192.0.2.3/"), /eth0 has not the address/],
    ["a peer that is silent", "kata.network", instead(`nonce ${exampleNonce}\n`, ""), /not heard: silence/],
    ["a peer that is deaf", "kata.network-testbed", instead("heard 0b\n", ""), /did not hear/],
    ["a peer that heard another", "kata.network-testbed", instead("heard 0b", "heard 0a"), /did not hear/],
    ["a link that came late", "kata.network-testbed", instead("inet 192.0.2.2", ""), /when it started/],
  ])("%s", (_, step, change, message) => {
    expect(judged("network", { [step]: change })).toMatch(message);
  });
});

describe("volume", () => {
  it.each<[string, string, Change, RegExp]>([
    ["read wrongly", "kata.volume", instead("from-testbed aa", "from-testbed ab"), /than the testbed wrote$/],
    ["not read", "kata.volume", instead("from-testbed aa\n", ""), /could not read the volume/],
    ["written wrongly", "kata.volume-changed", instead("bb", "bc"), /than the container wrote$/],
    ["written nowhere", "kata.volume-changed", instead("from-container bb\n", ""), /than the container wrote$/],
    ["seen as it was", "kata.volume-seen", instead("after", "before"), /changed meanwhile$/],
    ["of another run", "kata.volume", instead(exampleNonce, "0"), /reads no nonce$/],
  ])("%s", (_, step, change, message) => {
    const said = judged("volume", { [step]: change });
    expect(said).toMatch(/^fail kata\.volume: /);
    expect(said).toMatch(message);
  });
});

describe("limits", () => {
  it.each<[string, Change, RegExp]>([
    ["no memory limit", instead("memory 16777216", "memory max"), /the memory limit is max, 16777216 was asked/],
    ["no quota", instead("cpu 50000", "cpu max"), /the CPU quota is max 100000, 50000 100000 was asked/],
    ["nobody killed", instead("hog 137", "hog 0"), /was not killed/],
    ["killed by another", instead("kills 1", "kills 0"), /was not killed/],
    ["its code lost", exited(0), /was not killed/],
    ["no cgroup", instead("cgroup 2\n", ""), /did not show its cgroup/],
  ])("%s", (_, change, message) => {
    const said = judged("limits", { "kata.limits": change });
    expect(said).toMatch(/^fail kata\.limits: /);
    expect(said).toMatch(message);
  });

  it("need kill nobody on a testbed that can swap out", () => {
    const swaps: Change = seen => exited(0)(instead("swap 0\nhog 137\nkills 1", "swap 999420\nhog 0\nkills 0")(seen));
    expect(judged("limits", bothLanes("limits", swaps))).toBe("pass");
  });
});

describe("pod", () => {
  it.each<[string, string, Change, RegExp]>([
    ["two VMs", "kata.pod-second", instead("boot-id 0b", "boot-id 0c"), /two kernels/],
    ["no second", "kata.pod-second", instead("boot-id 0b\n", ""), /did not come up/],
    ["two networks", "kata.pod-second", instead("network 192.0.2.2", "network "), /the pod's address/],
    ["two volumes", "kata.pod", instead(`second ${exampleNonce}`, ""), /second wrote/],
    ["one end for both", "kata.pod", instead("boot-id 0b\n", ""), /did not outlive/],
    ["a second that does not end", "kata.pod-stop", instead("task deleted s\n", ""), /did not end when/],
    ["a second that was killed", "kata.pod-stop", instead("code 44", "code 137"), /came back as 137, not as 44/],
  ])("%s", (_, step, change, message) => {
    const said = judged("pod", { [step]: change });
    expect(said).toMatch(/^fail kata\.pod: /);
    expect(said).toMatch(message);
  });
});

it("accuses nobody of an exit code that the client lost", () => {
  const said = judged("limits", { "kata.limits": exited(76) });
  expect(said).toBe(
    "error harness.output-unreadable: kata.limits: the client lost the exit code of the container's program",
  );
  expect(judged("limits", { "kata.limits": exited(1) })).toMatch(/^fail kata\.limits: /);
});

describe("stop", () => {
  it.each<[string, string, Change, RegExp]>([
    ["it cannot be asked", "kata.stop", instead("signalled s", "ctr: no running task found"), /could not be asked/],
    ["it does not end", "kata.stop", instead("task deleted s\n", ""), /did not end/],
    [
      "its code is lost",
      "kata.stop",
      instead('level=warning msg="task s exit with non-zero exit code 43"', ""),
      /as 0/,
    ],
    ["it stays known", "kata.stop", instead("container deleted s\n", "ctr: busy"), /could not be removed/],
    [
      "a process",
      "kata.stop-left",
      instead("inside lo", "process 9 qemu-system-x86\ninside lo"),
      /left: process 9 qemu/,
    ],
    ["a tap", "kata.stop-left", instead("inside lo", "link tap0_kata\ninside lo"), /left: link tap0_kata/],
    [
      "an empty cgroup",
      "kata.stop-left",
      instead("inside lo", "emptied /sys/fs/cgroup/kata_x\ninside lo"),
      /left: emptied/,
    ],
    ["its interface gone", "kata.stop-left", instead("inside eth0\n", ""), /without inside eth0/],
  ])("%s", (_, step, change, message) => {
    const said = judged("stop", { [step]: change });
    expect(said).toMatch(/^fail kata\.leftovers: /);
    expect(said).toMatch(message);
  });

  it.each<[ContainerWorkloadId, string]>([
    ["stop", "kata.stop-before"],
    ["stop", "kata.stop-left"],
    ["again", "kata.again-before"],
    ["again", "kata.again"],
  ])("%s accuses nobody of what %s did not look at to its end", (id, step) => {
    const cut = instead("looked\n", "");
    const why = `error harness.output-unreadable: ${step}`;
    expect(judged(id, { [step]: cut })).toBe(`${why} does not say that it came to its end`);
    expect(judged(id, { [step]: seen => exited(2)(cut(seen)) })).toBe(`${why} did not come to its end`);
  });

  it("does not count what was there before", () => {
    const more = instead("inside lo", "mount /run/netns/kv-kata\ninside lo");
    expect(judged("stop", { "kata.stop-before": more, "kata.stop-left": more })).toBe("pass");
  });
});

describe("what a container writes", () => {
  it.each<[ContainerWorkloadId, string, string, RegExp]>([
    ["volume", "kata.volume", "wrote 4194304 0\n", /^pass$/],
    ["volume", "kata.volume", "", /^fail kata\.volume: .*wrote nothing of 4194304 bytes, .*with nothing$/],
    ["volume", "kata.volume", "wrote 1048576 1\n", /^fail kata\.volume: .*wrote 1048576 of 4194304 bytes, .*with 1$/],
    ["volume", "kata.volume", "wrote 1048576 0\n", /^fail kata\.volume: .*wrote 1048576 of/],
    ["volume", "kata.volume", "wrote  1\n", /^fail kata\.volume: /],
    ["block", "kata.block", "dd 0\n", /^pass$/],
    ["block", "kata.block", "dd 1\n", /^fail kata\.volume: .*dd exited with 1$/],
    ["block", "kata.block", "", /^fail kata\.volume: .*dd exited with nothing$/],
  ])("%s, whose script says %j", (id, step, more, expected) => {
    expect(judged(id, { [step]: today(id, step, more) })).toMatch(expected);
  });

  it("is not proven by two looks at nothing, in older evidence too", () => {
    const none = {
      "kata.volume": instead("from-container bb", "from-container "),
      "kata.volume-changed": instead("bb", ""),
    };
    expect(judged("volume", none)).toMatch(/^fail kata\.volume: .*than the container wrote$/);
  });

  it("accuses nobody where the testbed has no sum of its own file", () => {
    const none = { "kata.volume": instead("aa", ""), "kata.volume-written": instead("aa", "") };
    expect(judged("volume", none)).toMatch(/^error harness\.output-unreadable: /);
  });

  it.each<[ContainerWorkloadId, string]>([
    ["volume", "kata.volume-written"],
    ["volume", "kata.volume-changed"],
    ["block", "kata.block"],
  ])("%s tells nothing where the testbed's side of %s did not come to its end", (id, step) => {
    const broken: Change = seen => ({
      ...exited(1)(seen),
      stdout: "",
      stderr: "dd: error writing 'x': Input/output error\n",
    });
    expect(judged(id, { [step]: broken })).toMatch(/^error harness\.output-unreadable: /);
  });
});

describe("a limit inside a script that was reached", () => {
  const process = instead("inside lo", "process 9 virtiofsd\ninside lo");
  it.each<[ContainerWorkloadId, string, Change, boolean]>([
    ["network", "kata.network", instead(`nonce ${exampleNonce}`, "nc nc: timed out"), true],
    ["network", "kata.network", instead(`nonce ${exampleNonce}`, "nc nc: can't connect"), false],
    ["volume", "kata.volume-seen", instead("after", "before"), true],
    ["volume", "kata.volume-seen", instead(exampleNonce, "another"), false],
    ["stop", "kata.stop-left", process, true],
    ["stop", "kata.stop-left", instead("inside lo", "mount /run/x\ninside lo"), false],
    ["again", "kata.again", instead("looked", "process 9 virtiofsd\nlooked"), true],
  ])("%s, %s: accuses nobody under emulation alone", (id, step, change, isTime) => {
    const { facts = {} } = checkOf(id).examples.pass;
    expect(judged(id, { [step]: change })).toMatch(/^fail kata\./);
    const slowly = { facts: { ...facts, acceleration: "kvm-emulated" } } as const;
    expect(judged(id, { [step]: change }, slowly)).toMatch(isTime ? /^error infra\.slow: / : /^fail kata\./);
  });

  it("is longer on a slow testbed, and the step's own with it", () => {
    const steps = (timeScale: number) =>
      containerWorkloads
        .flatMap(one => one.steps(exampleLane("kata", { timeScale })))
        .filter(({ id }) => waits.includes(id));
    const waits = ["kata.network", "kata.volume-seen", "kata.stop-left", "kata.again"];
    const last = (timeScale: number) => steps(timeScale).map(({ command }) => command.argv.at(-1));
    expect(last(1)).toEqual(["10", "50", "40", "40"]);
    expect(last(8)).toEqual(["80", "400", "320", "320"]);
    for (const [at, seconds] of [80, 40, 32, 32].entries())
      expect(steps(8)[at]?.command.timeoutMs).toBeGreaterThanOrEqual(seconds * 1000 + 20_000);
  });
});

describe("what annotates", () => {
  it.each<[ContainerWorkloadId, string, Change, string]>([
    [
      "privileges",
      "kata.privileges",
      instead("NoNewPrivs 1", "NoNewPrivs 0"),
      "NoNewPrivs is 0, under runc 1 (process 1 has unknown)",
    ],
    [
      ...(["privileges", "kata.privileges"] as const),
      instead("NoNewPrivs 1", "NoNewPrivs 0\nfirst-NoNewPrivs 1"),
      "NoNewPrivs is 0, under runc 1 (process 1 has 1)",
    ],
    ["privileges", "kata.privileges", instead("CapEff", "CapPrm"), "CapEff is undefined, under runc 00000000a80425fb"],
    ["privileges", "kata.privileges", instead("refused", "done"), "could mount"],
    ["surroundings", "kata.surroundings", instead("folder /tmp", "folder /"), "began in /, not in /tmp"],
    ["surroundings", "kata.surroundings", instead("nameserver", ""), "kata.volume: The mounted file reads"],
    ["surroundings", "kata.surroundings", instead("written no", "written yes"), "kata.volume: A file that is mounted"],
    [
      "resources",
      "kata.resources",
      instead("memory 762144", "memory 600000"),
      "had 500000 kB of memory, and 600000 kB",
    ],
    ["resources", "kata.resources", instead("cpus 1\n", ""), "did not say"],
    ["block", "kata.block", instead("file aa", "file ab"), "other bytes on the testbed"],
    ["block", "kata.block", instead(exampleNonce, ""), "does not read what is on the device"],
    [
      ...(["block", "kata.block"] as const),
      seen => ({
        ...seen,
        stdout: "file aa\n",
        stderr:
          "4+0 records in\n4+0 records out\nctr: failed to create shim task: No such file (os error 2)\n\nStack\n",
      }),
      "is given the device: failed to create shim task: No such file (os error 2)",
    ],
    ["again", "kata.again-4", instead("boot-id b4", "boot-id b3"), "on the same kernel"],
    ["again", "kata.again", instead("looked", "process 9 virtiofsd\nlooked"), "there is left: process 9 virtiofsd"],
  ])("%s: %s", (id, step, change, message) => {
    const said = judged(id, { [step]: change });
    expect(said).toMatch(/^fail kata\./);
    expect(said).toContain(message);
  });

  it("asks no growth of the runtime in Rust", () => {
    const { facts = {} } = checkOf("resources").examples.pass;
    const kata = {
      source: "path",
      runtime: "rust",
      version: "4",
      digest: "",
      vouched: "",
      shim: "",
      config: "",
    } as const;
    const changes = { "kata.resources": instead("memory 762144", "memory 500000") };
    expect(judged("resources", changes, { facts: { ...facts, kata } })).toBe("pass");
    expect(judged("resources", changes)).toMatch(/^fail/);
  });
});
