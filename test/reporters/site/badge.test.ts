import { describe, expect, it } from "vitest";
import { badgeJson, badgeMessage, badgeSvg } from "../../../src/reporters/site/badge.ts";
import { emulated, failing, folded, kataKernel, passing, run, scenario, target } from "../../matrix/seen.ts";

const catalog = { targets: [target], scenarios: [scenario, kataKernel] };
const squares = (...runs: Parameters<typeof folded>[0]) => folded(runs, { catalog }).map(one => one.square);

describe("a badge", () => {
  it.each([
    ["nothing", [], "unknown"],
    ["a yes", [run("2026-11-01", passing())], "yes: qemu-distro-kernel"],
    ["an emulated pass", [run("2026-11-01", emulated())], "provisional: qemu-distro-kernel"],
    ["a failure", [run("2026-11-01", failing())], "no: qemu-distro-kernel"],
    ["an old yes", [run("2025-11-01", passing())], "stale: qemu-distro-kernel"],
    ["a yes with Kata's own kernel", [run("2026-11-01", passing({ scenario: kataKernel.id }))], "unknown"],
  ])("of %s says so", (_, runs, message) => {
    expect(badgeMessage(squares(...runs)).message).toBe(message);
    expect(JSON.parse(badgeJson(squares(...runs)))).toMatchObject({
      schemaVersion: 1,
      label: "Kata Containers",
      message,
    });
    expect(badgeSvg(squares(...runs))).toContain(`aria-label="Kata Containers: ${message}"`);
  });

  it("of no square at all is unknown", () => {
    expect(badgeMessage([])).toEqual({ answer: "unknown", message: "unknown" });
  });
});
