import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Arch } from "../../src/model/words.ts";
import { ensureReplaceable } from "../../src/results/replaceable.ts";
import { folder } from "../images/folder.ts";

test("what is in the way of the results of one architecture is not in that of the other's", async () => {
  const out = await folder();
  const file = join("debian-13", "arm64", "mine", "manifest.json");
  mkdirSync(join(out, file), { recursive: true });
  const ensure = (arch: Arch) =>
    ensureReplaceable(out, [{ target: "debian-13", arch, scenario: "qemu-distro-kernel" }]);
  await expect(ensure("amd64")).resolves.toBeUndefined();
  await expect(ensure("arm64")).rejects.toThrow(`${join(out, file)} is in the way`);
});

test.each([
  ["text", "mine"],
  ["somebody else's JSON", '{"tool":{"name":"another"},"verdict":"guilty"}'],
  ["nothing", ""],
])("a verdict.json that is %s is not taken for an earlier run's", async (_, text) => {
  const out = await folder();
  mkdirSync(join(out, "debian-13"));
  const file = join(out, "debian-13", "verdict.json");
  const ensure = () => ensureReplaceable(out, [{ target: "debian-13", arch: "amd64", scenario: "qemu-distro-kernel" }]);
  writeFileSync(file, text);
  await expect(ensure()).rejects.toThrow(`${file} is not of an earlier run of kata-verify`);
  writeFileSync(file, '{"tool":{"name":"kata-verify","version":"0.0.1"}}');
  await expect(ensure()).resolves.toBeUndefined();
});
