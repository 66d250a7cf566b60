import { describe, expect, test } from "vitest";
import type { Addition, Event, Facts } from "../../../src/model/evidence.ts";
import type { AdditionId } from "../../../src/model/words.ts";
import type { Exercise } from "../../../src/observe/exercise.ts";
import { wholeContainerd } from "../../../src/observe/kata/additions.ts";
import { evidence } from "../../judge/evidence.ts";

const addition = (name: AdditionId): Addition => ({
  ...{ name, version: "9", sha256: "aa", vouched: "a pin" },
  programs: [{ path: `/opt/kata-verify/bin/${name}`, sha256: "bb" }],
});

async function whole(parts: NonNullable<Facts["paths"]>, unavailable?: AdditionId) {
  const events: Event[] = [];
  const { cell, request } = evidence({});
  const hands = {
    addition: async (name: AdditionId) => {
      if (name === unavailable) throw new Error(`${name} cannot be had`);
      const file = { path: `/opt/kata-verify/bin/${name}`, mode: 0o755, size: 1, read: async () => new Uint8Array(1) };
      return { addition: addition(name), files: [file] };
    },
  };
  const one = { cell: { ...cell, ...request }, parts, hands, emit: (event: Event) => void events.push(event) };
  const containerd = await wholeContainerd(one as unknown as Exercise).catch(error => error);
  return { containerd, events };
}

const distros = { containerd: "/usr/bin/containerd", ctr: "/usr/bin/ctr", runc: "/usr/sbin/runc" };
const ours = { containerd: "/opt/kata-verify/bin/containerd", ctr: "/opt/kata-verify/bin/ctr" };
const { runc: _, ...withoutRunc } = distros;
const { ctr: __, ...withoutClient } = distros;

describe("containerd", () => {
  test("is the distro's where it is whole, and nothing is added", async () => {
    const { containerd, events } = await whole(distros);
    expect(containerd).toEqual({ containerd: distros.containerd, ctr: distros.ctr });
    expect(events).toEqual([]);
  });

  test.each<[string, NonNullable<Facts["paths"]>, readonly AdditionId[]]>([
    ["nothing", {}, ["containerd", "runc"]],
    ["runc alone", { runc: distros.runc }, ["containerd"]],
    ["no client", withoutClient, ["containerd"]],
  ])("is added where the distro has %s, with all that belongs to it", async (_name, parts, names) => {
    const { containerd, events } = await whole(parts);
    expect(containerd).toMatchObject({ ...ours, added: { key: expect.stringMatching(/^[0-9a-f]{64}$/) } });
    expect(containerd.added.files).toHaveLength(names.length);
    expect(containerd.added.env.PATH).toMatch(/^\/opt\/kata-verify\/bin:.*:\/usr\/bin:/);
    const [fact, stopped, ...rest] = events;
    expect(fact).toEqual({ kind: "fact", name: "additions", value: names.map(addition) });
    expect(stopped).toMatchObject({
      stopped: { tier: "kata", steps: "provenance.owner-containerd", reason: { code: "containerd.not-packaged" } },
    });
    expect(rest).toEqual([]);
  });

  test("stays the distro's where only runc is not there", async () => {
    const { containerd, events } = await whole(withoutRunc);
    expect(containerd).toMatchObject({ containerd: distros.containerd, ctr: distros.ctr, added: {} });
    expect(events).toEqual([{ kind: "fact", name: "additions", value: [addition("runc")] }]);
  });

  test("is not said to be added where a part of it cannot be had", async () => {
    const { containerd, events } = await whole({}, "runc");
    expect(String(containerd)).toContain("runc cannot be had");
    expect(events).toEqual([]);
  });
});
