import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { init, initrdInit } from "../../../src/testbeds/vm/init.ts";

test.each([
  ["of the initrd", initrdInit],
  ["of the distro's disk", init],
])("process 1 %s is a shell script that parses", (_, script) => {
  expect(() => execFileSync("sh", ["-n"], { input: script })).not.toThrow();
});
