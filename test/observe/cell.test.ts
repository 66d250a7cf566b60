import { EventEmitter, once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Unprepared } from "../../src/images/unprepared.ts";
import { judgeCell } from "../../src/judge/cell.ts";
import { checksOf } from "../../src/judge/checks.ts";
import { fold } from "../../src/judge/fold.ts";
import type { PlannedCell } from "../../src/model/cell.ts";
import type { Event, JournalLine } from "../../src/model/evidence.ts";
import { reason } from "../../src/model/reason.ts";
import { TestbedGone } from "../../src/model/testbed.ts";
import { WorkloadId } from "../../src/model/words.ts";
import { observeCell } from "../../src/observe/cell.ts";
import { RunEnded } from "../../src/observe/trouble.ts";
import { JournalLost } from "../../src/results/journal.ts";
import { EngineGone } from "../../src/testbeds/engine.ts";
import { scenario, target } from "../judge/evidence.ts";
import { type ScriptedHands, type Scripts, scriptedHands } from "./cell-hands.ts";
import type { Script } from "./guest/fake.ts";

const cell: PlannedCell = {
  target,
  scenario: { ...scenario, workloads: [...WorkloadId.options] },
  arch: "amd64",
  tier: "guest",
  testbed: "vm",
  because: "a test",
  expected: "kvm-emulated",
  kata: { source: "release" },
};

const runner = {
  runner: { kernel: "6.12", cpu: "a CPU", cpus: 2, memoryMiB: 4096, engine: "Docker 20.10.24" },
  preflight: { kvm: "absent", virtualized: true, vhostVsock: false, saw: "there is no /dev/kvm" },
} as const;

interface Options {
  readonly scripts?: Scripts;
  readonly hands?: () => ScriptedHands;
  readonly cell?: Partial<PlannedCell>;
  /** Sees each event before it is kept. */
  readonly onEvent?: (event: Event, nth: number) => void;
  readonly signal?: AbortSignal;
}

async function observed(options: Options = {}) {
  const events: Event[] = [];
  const hands = scriptedHands(options.scripts);
  const rejected: unknown = await observeCell({
    cell: { ...cell, ...options.cell },
    tool: { name: "kata-verify", version: "0", commit: "test" },
    requireKvm: false,
    runner,
    hands: options.hands ?? (() => hands),
    emit: event => {
      options.onEvent?.(event, events.length);
      events.push(event);
    },
    tell: () => {},
    signal: options.signal ?? new AbortController().signal,
  }).catch(error => error);
  const stopped = events.flatMap(event => (event.kind === "stopped" ? [event.stopped] : []));
  const steps = events.flatMap(event => (event.kind === "observed" ? [event.step] : []));
  const facts = (name: string) => events.flatMap(one => (one.kind === "fact" && one.name === name ? [one.value] : []));
  return { events, hands, rejected, stopped, steps, facts };
}

/** As it would be read back. */
function judged(events: readonly Event[]) {
  const lines = events.map(
    (event, at): JournalLine => ({ seq: at + 1, at: "2026-11-22T10:00:00.000Z", prev: "", event }),
  );
  const evidence = fold(lines);
  return judgeCell(evidence, checksOf(evidence.cell.scenario));
}
const outcomes = (events: readonly Event[]) =>
  new Map(judged(events).checks.map(({ id, outcome, reason: why }) => [id, { outcome, code: why?.code }]));

/** Everything that was opened is disposed of. */
const left = ({ did }: ScriptedHands) =>
  did.filter(one => one.startsWith("open ") && !did.includes(one.replace("open", "dispose")));

const said = (events: readonly Event[]) =>
  events.map(event => (event.kind === "fact" ? event.name : event.kind === "observed" ? event.step : event.kind));

/** The guest is up, does everything, and ends. */
const well: Script = (_, __, usual) => usual;

/** Nothing at all on the console until the time is over, which is here right away. */
function stalls(clock: { ms: number }): Script {
  return (kind, _, usual, { argv }) => {
    if (kind !== "await") return kind === "collect" ? { stdout: "0\n0\n0\n0\n1\n00\n0\n0\n" } : usual;
    clock.ms += Number(argv[4]);
    return { stdout: "timedOut - 0 \n" };
  };
}

afterEach(() => vi.restoreAllMocks());

describe("observing a cell", () => {
  it("writes down what it is about, then the runner, the root file system, the parts, and what both tiers saw", async () => {
    const { events, rejected, stopped, steps, hands } = await observed();
    expect(rejected).toBeUndefined();
    expect(stopped).toEqual([]);
    expect(said(events).slice(0, 6)).toEqual(["opened", "runner", "preflight", "image", "provenance.find", "paths"]);
    expect(events.at(-1)?.kind).toBe("closed");
    expect(steps.some(step => step.startsWith("qemu."))).toBe(true);
    expect(steps).toEqual(expect.arrayContaining(["guest.modules", "guest.console", "guest.vmm", "host.log"]));
    expect(said(events)).toEqual(expect.arrayContaining(["offered", "acceleration", "snapshot", "bootMs", "nonce"]));
    // The tools are opened beside the VM.
    expect(hands.did.filter(one => one.endsWith(" tools"))).toEqual(["open tools", "dispose tools"]);
    expect(hands.did.filter(one => !one.endsWith(" tools"))).toEqual([
      ...["rootfs", "open container", "open vm 0"],
      ...["before close vm", "dispose vm 0", "dispose container"],
    ]);
  });

  it("opens nothing for a cell in which there is nothing to test", async () => {
    const { events, hands } = await observed({ cell: { notApplicable: "Debian 13 does not ship qemu" } });
    expect(said(events)).toEqual(["opened", "runner", "preflight", "stopped", "closed"]);
    expect(hands.did).toEqual([]);
    expect(judged(events)).toMatchObject({ standing: "not-applicable", because: "Debian 13 does not ship qemu" });
  });

  it("tells nothing of Kata, and all the rest, where what the distro's containerd lacks cannot be had", async () => {
    const binaries = {
      ...({ source: "path", runtime: "go", version: "4.0.0", digest: "d", vouched: "nobody" } as const),
      ...{ shim: "/opt/kata/shim", config: "/opt/kata/configuration.toml" },
    };
    const hands: ScriptedHands = {
      ...scriptedHands({ guest: () => well }),
      kata: async () => ({ binaries, files: [], links: [] }),
      addition: name => Promise.reject(new Unprepared("provision", reason("containerd.unavailable", `no ${name}`))),
    };
    const own = { ...scenario, guestKernel: "kata" as const, containers: ["exec" as const] };
    const { events, stopped } = await observed({
      hands: () => hands,
      cell: { tier: "kata", scenario: { ...own, workloads: [...WorkloadId.options] } },
    });
    expect(stopped).toMatchObject([
      { tier: "kata", reason: { code: "containerd.unavailable", message: "no containerd" } },
    ]);
    expect(outcomes(events).get("guest.virtiofs")).toEqual({ outcome: "pass", code: undefined });
    expect(outcomes(events).get("kata.exec")).toEqual({ outcome: "error", code: "containerd.unavailable" });
  });

  it("boots nothing where only the contract is asked for", async () => {
    const { hands, steps } = await observed({ cell: { tier: "contract", testbed: "container" } });
    expect(hands.did).toEqual([
      ...["rootfs", "open container", "open tools", "dispose tools"],
      ...["before close container", "dispose container"],
    ]);
    expect(steps.filter(step => step.startsWith("guest."))).toEqual([]);
  });
});

describe("before the testbed of the last tier is closed", () => {
  it.each([
    { tier: "contract", testbed: "container", kind: "container" },
    { tier: "guest", testbed: "vm", kind: "vm" },
  ] as const)("all that can be seen has been: $tier, $testbed", async ({ tier, testbed, kind }) => {
    const asked: unknown[] = [];
    const written: Event[] = [];
    const asking: ScriptedHands = {
      ...scriptedHands(),
      beforeClose: async one => void asked.push(one.kind, said(written)),
    };
    const { events } = await observed({
      hands: () => asking,
      cell: { tier, testbed },
      onEvent: event => void written.push(event),
    });
    expect(asked).toEqual([kind, said(events).slice(0, -1)]);
  });

  it("waits for the contract tier, which the VM may be faster than", async () => {
    const hands = scriptedHands();
    const slow = new EventEmitter();
    const asked: string[] = [];
    const slowly: ScriptedHands = {
      ...hands,
      container: async (...given) => {
        const container = await hands.container(...given);
        return {
          ...container,
          run: async command => {
            if (command.argv.includes("--version")) await once(slow, "over");
            return container.run(command);
          },
        };
      },
      beforeClose: async testbed => void asked.push(testbed.kind),
    };
    const ended = observed({ hands: () => slowly });
    await vi.waitUntil(() => hands.did.includes("open vm 0"));
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(asked).toEqual([]);
    slow.emit("over");
    await ended;
    expect(asked).toEqual(["vm"]);
  });

  const throws = () => {
    throw new TypeError("undefined is not a function");
  };
  it.each<readonly [string, Options]>([
    ["the VM is gone", { scripts: { guest: () => (kind, _, usual) => (kind === "await" ? "gone" : usual) } }],
    ["a bug", { scripts: { guest: () => throws } }],
    [
      "the archive cannot be made",
      { scripts: { container: ({ argv }) => (argv.join(" ").includes("modprobe") ? "gone" : undefined) } },
    ],
  ])("it is asked, too, where %s stopped the tier", async (_, options) => {
    const { hands } = await observed(options);
    expect(hands.did.filter(one => one.includes("vm"))).toEqual(["open vm 0", "before close vm", "dispose vm 0"]);
  });
});

describe("what stops a cell is written down, and is no evidence against the distro", () => {
  const gone = () => {
    throw new TestbedGone("QEMU was killed by signal 9");
  };
  const isModules = (argv: readonly string[]) => argv.join(" ").includes("modprobe");
  const cases: readonly (readonly [string, Options, object])[] = [
    [
      "the session could not be opened",
      {
        hands: () => {
          throw new EngineGone("no container engine answers");
        },
      },
      { stage: "provision", reason: { code: "infra.engine-gone" } },
    ],
    [
      "the mirror is down",
      {
        scripts: {
          rootfs: () => {
            throw new Unprepared("install", reason("infra.mirror-down"));
          },
        },
      },
      { stage: "install", reason: { code: "infra.mirror-down" } },
    ],
    [
      "the disk of the runner is full",
      {
        scripts: {
          rootfs: () => {
            throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
          },
        },
      },
      { stage: "provision", reason: { code: "infra.disk-full" } },
    ],
    [
      "the container is gone before the parts are found",
      { scripts: { container: () => "gone" } },
      { stage: "provision", reason: { code: "infra.testbed-gone" } },
    ],
    [
      "the container is gone while the parts are asked",
      { scripts: { container: ({ argv }) => (argv.includes("--version") ? "gone" : undefined) } },
      { stage: "exercise", tier: "contract", reason: { code: "infra.testbed-gone" } },
    ],
    [
      "the container is gone while the guest's modules are read",
      { scripts: { container: ({ argv }) => (isModules(argv) ? "gone" : undefined) } },
      { stage: "exercise", tier: "guest", reason: { code: "infra.testbed-gone" } },
    ],
    [
      "the VM does not come up",
      { scripts: { vm: gone } },
      {
        stage: "exercise",
        tier: "guest",
        reason: { code: "infra.testbed-gone", detail: "QEMU was killed by signal 9" },
      },
    ],
    [
      "the VM is gone in the middle of the guest",
      { scripts: { guest: () => (kind, _, usual) => (kind === "connect" || kind === "await" ? "gone" : usual) } },
      { stage: "exercise", tier: "guest", reason: { code: "infra.testbed-gone" } },
    ],
  ];

  it.each(cases)("%s", async (_, options, stop) => {
    const { events, rejected, stopped, hands } = await observed(options);
    expect(rejected).toBeUndefined();
    expect(stopped).toContainEqual(
      expect.objectContaining({ ...stop, reason: expect.objectContaining(Reflect.get(stop, "reason")) }),
    );
    expect(events.at(-1)?.kind).toBe("closed");
    expect(left(hands)).toEqual([]);
    const { standing, checks } = judged(events);
    expect(standing).not.toBe("provisional");
    const whole = outcomes((await observed()).events);
    for (const { id, outcome } of checks)
      if (outcome !== "error") expect([id, outcome]).toEqual([id, whole.get(id)?.outcome]);
  });

  it("keeps a tier that was stopped from stopping the other", async () => {
    const noVm = await observed({ scripts: { vm: gone } });
    expect(noVm.steps.filter(step => step.startsWith("qemu."))).not.toEqual([]);
    expect(outcomes(noVm.events).get("guest.console")).toEqual({ outcome: "error", code: "infra.testbed-gone" });
    const noVersion = await observed({
      scripts: { container: ({ argv }) => (argv.includes("--version") ? "gone" : undefined) },
    });
    expect(noVersion.stopped.map(({ tier }) => tier)).toContain("contract");
  });

  it("ends the VM too when the guest's archive cannot be made", async () => {
    const { hands, stopped } = await observed({
      scripts: { container: ({ argv }) => (isModules(argv) ? "gone" : undefined) },
    });
    expect(stopped.map(({ tier }) => tier)).toContain("guest");
    expect(hands.did).toContain("open vm 0");
    expect(left(hands)).toEqual([]);
  });
});

describe("a run that is ended", () => {
  it.each([
    ["infra.interrupted", "SIGINT"],
    ["infra.deadline", undefined],
  ] as const)("by %s after any event closes, leaves nothing, and turns no outcome", async (code, signal) => {
    const whole = await observed();
    const before = outcomes(whole.events);
    for (let at = 0; at < whole.events.length - 1; at += 1) {
      const abort = new AbortController();
      const { events, rejected, stopped, hands } = await observed({
        signal: abort.signal,
        onEvent: (_, nth) => nth === at && abort.abort(new RunEnded(code, signal)),
      });
      expect(rejected).toBeUndefined();
      expect(events.at(-1)?.kind).toBe("closed");
      expect(left(hands)).toEqual([]);
      expect(new Set(stopped.map(one => one.reason.code))).toEqual(new Set([code]));
      for (const [id, { outcome, code: why }] of outcomes(events))
        if (outcome !== before.get(id)?.outcome) expect([id, outcome, why]).toEqual([id, "error", code]);
    }
  });

  it("does not begin what it has not begun", async () => {
    const signal = AbortSignal.abort(new RunEnded("infra.interrupted", "SIGINT"));
    const { events, hands } = await observed({ signal });
    expect(hands.did).toEqual([]);
    expect(said(events)).toEqual(["opened", "runner", "preflight", "stopped", "closed"]);
  });
});

describe("a disk that takes nothing any more", () => {
  it("ends the cell at any event, with everything disposed of and nothing more written", async () => {
    const { length } = (await observed()).events;
    for (let at = 0; at < length; at += 1) {
      const { events, rejected, hands } = await observed({
        onEvent: (_, nth) => {
          if (nth >= at) throw new JournalLost("journal.ndjson can no longer be written: ENOSPC");
        },
      });
      expect(rejected).toBeInstanceOf(JournalLost);
      expect(events).toHaveLength(at);
      expect(left(hands)).toEqual([]);
    }
  });
});

describe("a bug in the harness", () => {
  const bug = new TypeError("undefined is not a function");
  const throws = () => {
    throw bug;
  };
  it.each<readonly [string, Scripts, string | undefined]>([
    ["in making the root file system", { rootfs: throws }, undefined],
    [
      "in asking the parts",
      { container: ({ argv }) => (argv.includes("--version") ? throws() : undefined) },
      "contract",
    ],
    ["in booting the guest", { guest: () => throws }, "guest"],
  ])("%s is written down with its stack, and thrown", async (_, scripts, tier) => {
    const { events, rejected, stopped, hands } = await observed({ scripts });
    expect(rejected).toBe(bug);
    expect(stopped).toHaveLength(1);
    expect(stopped[0]).toMatchObject({
      reason: { code: "harness.bug", detail: expect.stringContaining("cell.test.ts:") },
    });
    expect(stopped[0]?.tier).toBe(tier);
    expect(events.at(-1)?.kind).toBe("closed");
    expect(left(hands)).toEqual([]);
    expect([...outcomes(events).values()]).toContainEqual({ outcome: "error", code: "harness.bug" });
  });
});

describe("a guest that says nothing at all under emulation", () => {
  const clocked = () => {
    const clock = { ms: 0 };
    vi.spyOn(performance, "now").mockImplementation(() => clock.ms);
    return clock;
  };

  it("gets a fresh testbed, and that is counted", async () => {
    const clock = clocked();
    const { hands, facts, events } = await observed({
      scripts: { guest: nth => (nth === 0 ? stalls(clock) : well) },
    });
    expect(hands.did.filter(one => one.includes("vm"))).toEqual([
      ...["open vm 0", "dispose vm 0"],
      ...["open vm 1", "before close vm", "dispose vm 1"],
    ]);
    expect(facts("retries")).toEqual([[{ what: expect.stringContaining("printed nothing"), count: 1 }]]);
    expect(outcomes(events).get("guest.entropy")).toEqual({ outcome: "pass" });
    expect(judged(events).notes).toContainEqual(expect.stringContaining("Tried again 1 time(s)"));
  });

  it("gets two at most, and then nothing can be told", async () => {
    const clock = clocked();
    const { hands, facts, events } = await observed({ scripts: { guest: () => stalls(clock) } });
    expect(hands.did.filter(one => one.startsWith("open vm"))).toEqual(["open vm 0", "open vm 1", "open vm 2"]);
    expect(left(hands)).toEqual([]);
    expect(facts("retries").at(-1)).toEqual([{ what: expect.stringContaining("printed nothing"), count: 2 }]);
    expect(outcomes(events).get("guest.console")).toEqual({ outcome: "error", code: "infra.emulation-stall" });
  });

  it("says nothing for or against the checks of the fresh one, and is not lost", async () => {
    const clock = clocked();
    const gone: Script = (kind, _, usual) => (kind === "await" ? "gone" : usual);
    const { events } = await observed({ scripts: { guest: nth => (nth === 0 ? stalls(clock) : gone) } });
    const { steps } = fold(
      events.map((event, at) => ({ seq: at + 1, at: new Date(at).toISOString(), prev: "", event })),
    );
    expect(steps["guest.console"]).toBeUndefined();
    expect(steps["attempt-1.guest.console"]?.stdout).toBe("");
    expect(steps["guest.modules"]).toBeDefined();
    expect(outcomes(events).get("guest.console")).toEqual({ outcome: "error", code: "infra.testbed-gone" });
  });

  it("is counted beside what the installation tried again", async () => {
    const clock = clocked();
    const hands = scriptedHands({ guest: nth => (nth === 0 ? stalls(clock) : well) });
    const installing: ScriptedHands = {
      ...hands,
      rootfs: (one, emit) => {
        emit({ kind: "fact", name: "retries", value: [{ what: "install.refresh", count: 1 }] });
        return hands.rootfs(one, emit);
      },
    };
    const { facts } = await observed({ hands: () => installing });
    expect(facts("retries").at(-1)).toEqual([
      { what: "install.refresh", count: 1 },
      { what: expect.stringContaining("printed nothing"), count: 1 },
    ]);
  });
});
