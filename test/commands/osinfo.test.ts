import { expect, it } from "vitest";
import { detected } from "../../src/commands/osinfo.ts";

it("commands no CI service by what a machine calls itself", () => {
  const machine = { title: "::set-output name=a::b", id: "x", version: "1" };
  expect(detected(machine, [], false)).toBe(": :set-output name=a::b: nothing is known of this release\n");
  expect(JSON.parse(detected(machine, [], true))).toEqual({ machine, known: [] });
});
