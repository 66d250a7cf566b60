import { expect, it } from "vitest";
import { matrixOf } from "../../../src/matrix/fold.ts";
import { supportMd } from "../../../src/reporters/site/support-md.ts";
import { failing, folded, kataKernel, passing, run, scenario, setting, target } from "../../matrix/seen.ts";

it("has a line for each target, each answer in words, and what is not for production", () => {
  const own = setting({ catalog: { targets: [target], scenarios: [scenario, kataKernel] } });
  const all = folded([run("2026-11-01", passing()), run("2026-11-02", failing({ scenario: kataKernel.id }))], own);
  const assets = { style: "", script: "", policy: "" };
  const text = supportMd({ matrix: matrixOf(all, own), folded: all, ...own.catalog, assets });
  expect(text).toContain("| Distro | `qemu-distro-kernel` | `qemu-kata-kernel` ¹ |");
  expect(text).toContain("| Debian 13, amd64 | ✅ yes, 2026-11-01 | ❌ no, 2026-11-02 |");
  expect(text).toContain("¹ With Kata's own guest kernel: upstream testing only, not for production.");
});
