import { describe, expect, test } from "vitest";
import { openSteps } from "../../src/images/steps.ts";
import type { Event } from "../../src/model/evidence.ts";
import { apt } from "../../src/packages/apt.ts";
import { containerTestbed } from "../../src/testbeds/container.ts";
import { fakeEngine, type Said } from "./fake-engine.ts";

async function steps(answers: Said[], signal?: AbortSignal) {
  const engine = fakeEngine({ run: () => answers.shift() ?? {} });
  const spec = { image: "x", run: "r", capabilities: [], devices: [], mounts: [], network: "none" } as const;
  const testbed = containerTestbed(await engine.start(spec));
  const events: Event[] = [];
  const options = { testbed, diagnose: apt.diagnose, tell: () => {}, signal, retryAfterMs: [1, 1] };
  return { ...openSteps({ ...options, emit: event => events.push(event) }), events, engine };
}

const update = { argv: ["apt-get", "update"], timeoutMs: 1000 } as const;
const down: Said = { stderr: "Err: Temporary failure resolving 'deb.example.org'\n", ending: "exited 100" };
const stale: Said = { stderr: "E: Release file for http://h/dists/sid/InRelease is expired\n", ending: "exited 100" };

describe("observe", () => {
  test("emits the step masked and returns all that was seen", async () => {
    const { observe, events } = await steps([{ stdout: "from http://h/x and more\n", ending: "exited 2" }]);
    const seen = await observe("install.x", update);
    expect(seen).toMatchObject({ ending: { kind: "exited", code: 2 }, stdout: "from http://h/x and more\n" });
    expect(events).toMatchObject([{ kind: "observed", step: "install.x", seen: { stdout: "from MIRROR and more\n" } }]);
  });

  test("output that evidence cuts is returned whole", async () => {
    const { observe, events } = await steps([{ stdout: "x".repeat(400_000) }]);
    expect((await observe("install.x", update)).stdout.length).toBe(400_000);
    expect(JSON.stringify(events).length).toBeLessThan(200_000);
  });
});

describe("must", () => {
  test("asks a mirror that does not answer again, and counts it", async () => {
    const { must, events, engine } = await steps([down, down, {}]);
    expect((await must("install.refresh", update)).ending).toEqual({ kind: "exited", code: 0 });
    expect(engine.asked.filter(one => one.startsWith("run"))).toHaveLength(3);
    expect(events.filter(one => one.kind === "fact").at(-1)).toEqual({
      kind: "fact",
      name: "retries",
      value: [{ what: "install.refresh", count: 2 }],
    });
  });

  test("gives up after two more attempts", async () => {
    const { must, engine } = await steps([down, down, down, {}]);
    await expect(must("install.refresh", update)).rejects.toMatchObject({
      stage: "install",
      reason: { code: "infra.mirror-down", blames: "runner" },
    });
    expect(engine.asked.filter(one => one.startsWith("run"))).toHaveLength(3);
  });

  test("does not ask again where that would not help", async () => {
    const { must, events } = await steps([stale, {}]);
    const call = must("install.refresh", update);
    await expect(call).rejects.toMatchObject({ reason: { code: "infra.mirror-stale" } });
    expect(events.map(one => one.kind)).toEqual(["observed"]);
  });

  test("a failure in words that are not known blames nobody, and is quoted", async () => {
    const { must } = await steps([{ stderr: "one\nhttp://h/y broke\n", ending: "exited 1" }]);
    await expect(must("install.packages", update)).rejects.toMatchObject({
      reason: { code: "harness.output-unreadable", detail: "one\nMIRROR broke" },
    });
  });

  test("an interrupt ends the waiting for the next attempt", async () => {
    const { must } = await steps([down, {}], AbortSignal.abort(new Error("interrupted")));
    await expect(must("install.refresh", update)).rejects.toThrow();
  });
});
