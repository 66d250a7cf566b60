import { expect, it } from "vitest";
import { matrixOf } from "../../../src/matrix/fold.ts";
import { Target } from "../../../src/model/target.ts";
import { supportMd } from "../../../src/reporters/site/support-md.ts";
import { failing, folded, kataKernel, ownKata, passing, run, scenario, setting, target } from "../../matrix/seen.ts";

it("has a line for each target, each answer in words, and what is not for production", () => {
  const withKata = Target.parse({ ...target, packages: { ...target.packages, kata: ["kata"] } });
  const own = setting({ catalog: { targets: [withKata], scenarios: [scenario, kataKernel, ownKata] } });
  const doubted = [
    run("2026-11-01", passing({ scenario: ownKata.id })),
    run("2026-11-02", failing({ scenario: ownKata.id }), "re-judged"),
  ];
  const all = folded(
    [run("2026-11-01", passing()), run("2026-11-02", failing({ scenario: kataKernel.id })), ...doubted],
    own,
  );
  const assets = { style: "", script: "", policy: "" };
  const text = supportMd({ matrix: matrixOf(all, own), folded: all, ...own.catalog, assets });
  expect(text).toContain("| Distro | `qemu-distro-kernel` | `distro-kata` | `qemu-kata-kernel` ¹ |");
  expect(text).toContain(
    "| Debian 13, amd64 | ✅ yes, 2026-11-01 | 🟡 provisional, 2026-11-01 (doubted) | ❌ no, 2026-11-02 |",
  );
  expect(text).toContain("¹ With Kata's own guest kernel: upstream testing only, not for production.");
});
