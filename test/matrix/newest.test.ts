import { describe, expect, it } from "vitest";
import { deciding, inOrder } from "../../src/matrix/newest.ts";
import { emulated, failing, guestOnly, part, parts, passing, run, untold } from "./seen.ts";

const newer = { ...parts, vmm: part("qemu", "1:10.1.0-1") };

describe("the run that decides", () => {
  const yes = run("2026-10-01", passing());
  const no = run("2026-10-01", failing());
  const provisional = run("2026-10-01", emulated());
  it.each([
    ["nothing", [], undefined],
    ["what could not tell", [run("2026-10-02", untold())], undefined],
    ["a yes and then what could not tell", [yes, run("2026-10-02", untold())], "2026-10-01"],
    ["a yes and then a no", [yes, run("2026-10-02", failing())], "2026-10-02"],
    ["a yes and then a no of somebody else's", [yes, run("2026-10-02", failing(), "self-reported")], "2026-10-02"],
    ["a yes and then a newer yes", [yes, run("2026-10-02", passing())], "2026-10-02"],
    ["a yes and then an emulated pass of the same", [yes, run("2026-10-02", emulated())], "2026-10-01"],
    [
      "a yes and then an emulated pass of others",
      [yes, run("2026-10-02", emulated({ components: newer }))],
      "2026-10-02",
    ],
    ["a no and then a pass of the tiers that failed", [no, run("2026-10-02", emulated())], "2026-10-02"],
    ["a no and then a pass that did not come so far", [no, run("2026-10-02", guestOnly())], "2026-10-01"],
    ["a no and then a pass of somebody else's", [no, run("2026-10-02", emulated(), "self-reported")], "2026-10-01"],
    ["a pass and then a newer one", [provisional, run("2026-10-02", emulated())], "2026-10-02"],
    ["a pass and then one that did not come so far", [provisional, run("2026-10-02", guestOnly())], "2026-10-01"],
    ["a pass and then a yes", [provisional, run("2026-10-02", passing())], "2026-10-02"],
    ["a pass of ours and then one of others", [provisional, run("2026-10-02", emulated(), "re-judged")], "2026-10-01"],
    [
      "what others say and then ours",
      [run("2026-10-01", emulated(), "re-judged"), run("2026-10-02", emulated())],
      "2026-10-02",
    ],
  ])("of %s", (_, runs, day) => {
    expect(deciding(runs).at(-1)?.at.slice(0, 10)).toBe(day);
  });

  it("of the same instant is the worst, in whatever order they come", () => {
    const pair = [run("2026-10-01", failing()), run("2026-10-01", passing())];
    for (const runs of [pair, [...pair].reverse()]) expect(deciding(inOrder(runs)).at(-1)?.told).toBe("no");
  });
});
