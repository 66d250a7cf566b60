import { describe, expect, it } from "vitest";
import { fold } from "../../src/judge/fold.ts";
import type { Event, JournalLine } from "../../src/model/evidence.ts";
import { reason } from "../../src/model/reason.ts";
import { evidence, exited } from "./evidence.ts";

const { tool, cell, request } = evidence();
const opened: Event = { kind: "opened", schemaVersion: 1, tool, cell, request };

const lines = (...events: Event[]): JournalLine[] =>
  events.map((event, index) => ({ seq: index + 1, at: `2026-11-22T10:00:0${index}.000Z`, prev: "", event }));

describe("the fold of a journal", () => {
  it("is all that was seen", () => {
    const stopped = { stage: "install" as const, reason: reason("infra.mirror-stale") };
    const folded = fold(
      lines(
        opened,
        { kind: "fact", name: "acceleration", value: "tcg" },
        { kind: "observed", step: "qemu.version", seen: exited("QEMU") },
        { kind: "stopped", stopped },
        { kind: "noted", note: "one" },
        { kind: "closed" },
      ),
    );
    expect(folded).toEqual({
      ...evidence(),
      startedAt: "2026-11-22T10:00:00.000Z",
      finishedAt: "2026-11-22T10:00:05.000Z",
      facts: { acceleration: "tcg" },
      steps: { "qemu.version": exited("QEMU") },
      stopped: [stopped],
      notes: ["one"],
    });
  });

  it("takes the later fact and the later observation of a name", () => {
    const folded = fold(
      lines(
        opened,
        { kind: "fact", name: "bootMs", value: 1 },
        { kind: "observed", step: "a", seen: exited("1") },
        { kind: "fact", name: "bootMs", value: 2 },
        { kind: "observed", step: "a", seen: exited("2") },
      ),
    );
    expect(folded.facts.bootMs).toBe(2);
    expect(folded.steps["a"]?.stdout).toBe("2");
  });

  it("takes back a fact that is null later", () => {
    const fact = (value: unknown): Event => ({ kind: "fact", name: "acceleration", value });
    expect(fold(lines(opened, fact("kvm"), fact(null))).facts).toEqual({});
  });

  it("counts nothing of an attempt that was made again, and loses nothing of it", () => {
    const folded = fold(
      lines(
        opened,
        { kind: "observed", step: "contract", seen: exited("1") },
        { kind: "observed", step: "guest.vmm", seen: exited("1") },
        { kind: "observed", step: "guest.marks", seen: exited("1") },
        { kind: "retried", attempt: 1, steps: ["guest.vmm", "guest.marks", "guest.never"] },
        { kind: "observed", step: "guest.vmm", seen: exited("2") },
      ),
    );
    const said = Object.entries(folded.steps).map(([step, { stdout }]) => [step, stdout]);
    expect(Object.fromEntries(said)).toEqual({
      contract: "1",
      "attempt-1.guest.vmm": "1",
      "attempt-1.guest.marks": "1",
      "guest.vmm": "2",
    });
  });

  it("has no end where the journal has none, and nothing of what came after the end", () => {
    expect(fold(lines(opened)).finishedAt).toBeNull();
    expect(fold(lines(opened, { kind: "closed" }, { kind: "noted", note: "late" })).notes).toEqual([]);
  });

  it("refuses lines that say of no cell, and facts of another shape", () => {
    expect(() => fold([])).toThrow("opened");
    expect(() => fold(lines({ kind: "closed" }))).toThrow("opened");
    expect(() => fold(lines(opened, { kind: "fact", name: "acceleration", value: "warp" }))).toThrow("acceleration");
  });

  it("takes names that mean something to JavaScript as names", () => {
    const folded = fold(
      lines(
        opened,
        { kind: "fact", name: "__proto__", value: { bootMs: 1 } },
        { kind: "observed", step: "constructor", seen: exited("x") },
      ),
    );
    expect(folded.facts.bootMs).toBeUndefined();
    expect(folded.steps["constructor"]?.stdout).toBe("x");
  });
});
