import { describe, expect, it } from "vitest";
import { dialogue, names, reply } from "../../src/vmms/qemu-dialogue.ts";
import { exited } from "../judge/evidence.ts";

const said = (...lines: readonly string[]) => exited(lines.map(line => `${line}\n`).join(""));

describe("a conversation", () => {
  it("begins with the capabilities, ends with quit, a line each", () => {
    const lines = dialogue([{ execute: "query-kvm", id: "kvm" }]).split("\n");
    expect(lines.slice(0, -1).map(line => JSON.parse(line).execute)).toEqual(["qmp_capabilities", "query-kvm", "quit"]);
    expect(lines.at(-1)).toBe("");
  });
});

describe("the reply to a request", () => {
  const seen = said(
    '{"QMP": {"version": {}, "capabilities": ["oob"]}}',
    '{"return": {"present": true}, "id": "kvm"}',
    '{"id": "aio native", "error": {"class": "GenericError", "desc": "no"}}',
    '{"event": "SHUTDOWN", "data": {"id": "kvm"}}',
    'not JSON at all, but with "id"',
    '{"return": [{"name": "quit"}, {"name": "stop"}], "id": "commands"}',
  );

  it.each([
    ["kvm", { kind: "return", value: { present: true } }],
    ["aio native", { kind: "error", message: "no" }],
    ["id", { kind: "none" }],
    ["version", { kind: "none" }],
  ])("%s", (id, expected) => {
    expect(reply(seen, id)).toEqual(expected);
  });

  it("of a list has names, of anything else none", () => {
    expect([...names(reply(seen, "commands"))]).toEqual(["quit", "stop"]);
    expect(names(reply(seen, "kvm")).size).toBe(0);
    expect(names(reply(seen, "aio native")).size).toBe(0);
  });

  it("survives output that was cut in the middle of it", () => {
    expect(reply(said('{"return": [{"name": "qu'), "commands")).toEqual({ kind: "none" });
    expect(reply(said('{"return": {}, "id": "kvm"[… 4 bytes left out …]'), "kvm")).toEqual({ kind: "none" });
  });
});
