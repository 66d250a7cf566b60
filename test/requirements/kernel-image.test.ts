import { expect, it } from "vitest";
import { said } from "../../src/requirements/checks/example.ts";
import { dumped, imageKind } from "../../src/requirements/checks/kernel-image.ts";

it.each([
  [0x202, "48 64 72 53", "bzImage"],
  [0x38, "41 52 4d 64", "Image"],
  [4, "7a 69 6d 67", "EFI zboot image"],
  [0, "7f 45 4c 46", "vmlinux (ELF)"],
  [0, "1f 8b 08", "gzip-compressed image"],
  [0, "42 5a 68", undefined],
])("at %i: %s is %s", (at, bytes, kind) => {
  expect(imageKind(said(dumped(at, bytes)))).toBe(kind);
});

it("is of no kind where nothing could be read", () => {
  expect(imageKind(said(""))).toBeUndefined();
});
