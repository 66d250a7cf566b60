import { describe, expect, it } from "vitest";
import { deciding, doubtOf, inOrder } from "../../src/matrix/newest.ts";
import {
  contractOnly,
  emulated,
  failing,
  guestOnly,
  kataOnly,
  noContract,
  part,
  parts,
  passing,
  run,
  untold,
} from "./seen.ts";

const newer = { ...parts, vmm: part("qemu", "1:10.1.0-1") };

describe("the run that decides", () => {
  const yes = run("2026-10-01", passing());
  const no = run("2026-10-01", failing());
  const strangersNo = run("2026-10-01", failing(), "self-reported");
  const provisional = run("2026-10-01", emulated());
  it.each([
    ["nothing", [], undefined],
    ["what could not tell", [run("2026-10-02", untold())], undefined],
    ["a yes and then what could not tell", [yes, run("2026-10-02", untold())], "2026-10-01"],
    ["a yes and then a no", [yes, run("2026-10-02", failing())], "2026-10-02"],
    ["a yes and then a no of somebody else's", [yes, run("2026-10-02", failing(), "self-reported")], "2026-10-01"],
    ["a no of somebody else's and then a no of ours", [strangersNo, run("2026-10-02", failing())], "2026-10-02"],
    [
      "a no, the same of somebody else's, and their pass",
      [no, run("2026-10-02", failing(), "self-reported"), run("2026-10-03", emulated(), "self-reported")],
      "2026-10-01",
    ],
    ["a no and then one of somebody else's", [no, run("2026-10-02", failing(), "self-reported")], "2026-10-01"],
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
    expect(deciding(runs).at(-1)?.run.at.slice(0, 10)).toBe(day);
  });

  const both = [run("2026-09-30", noContract()), no];
  it.each([
    ["ours and somebody else's", [no, run("2026-10-02", noContract(), "self-reported")], "self-reported"],
    ["ours, twice", [no, run("2026-10-02", noContract())], "runners"],
    [
      "ours, and one of somebody else's that is the same",
      [...both, run("2026-10-02", failing(), "self-reported")],
      "self-reported",
    ],
    ["ours, and then before", both, "runners"],
  ] as const)("of failures of two tiers, %s, is no pass of one of them", (_, runs, witness) => {
    const passes = witness === "runners" ? [contractOnly(), guestOnly()] : [contractOnly(), guestOnly(), emulated()];
    for (const pass of passes)
      expect(deciding([...runs, run("2026-10-03", pass, witness)]).at(-1)?.run.told).toBe("no");
    expect(deciding([...runs, run("2026-10-03", emulated())]).at(-1)?.run.told).toBe("provisional");
  });

  it("of failures of two tiers may be passes of one each, of those who are trusted as much", () => {
    const failures = [run("2026-10-01", noContract(), "self-reported"), run("2026-10-02", failing(), "re-judged")];
    const first = run("2026-10-03", guestOnly(), "self-reported");
    const last = run("2026-10-04", kataOnly(), "runners");
    expect(deciding([...failures, first]).at(-1)?.run.told).toBe("no");
    expect(deciding([...failures, last]).at(-1)?.run.told).toBe("no");
    expect(deciding([...failures, first, last]).at(-1)?.run).toBe(last);
  });

  it("of the same instant is the worst, in whatever order they come", () => {
    const pair = [run("2026-10-01", failing()), run("2026-10-01", passing())];
    for (const runs of [pair, [...pair].reverse()]) expect(deciding(inOrder(runs)).at(-1)?.run.told).toBe("no");
  });
});

describe("the doubt", () => {
  const yes = run("2026-10-01", passing());
  const doubt = run("2026-10-02", failing(), "self-reported");
  const doubtAfter = (...runs: Parameters<typeof deciding>[0]) => {
    const last = deciding(runs).at(-1);
    return last && doubtOf(last);
  };

  it.each([
    ["a failure of somebody who is trusted less", [yes, doubt], "2026-10-02"],
    ["the last of several", [yes, doubt, run("2026-10-03", noContract(), "re-judged")], "2026-10-03"],
    ["what a pass of its tier, by who saw it, undoes", [yes, doubt, run("2026-10-03", emulated(), "self-reported")]],
    ["what a pass of its tier, by ours, undoes", [yes, doubt, run("2026-10-03", emulated())]],
    ["what a pass of another tier leaves", [yes, doubt, run("2026-10-03", guestOnly())], "2026-10-02"],
    [
      "what a pass of somebody who is trusted less leaves",
      [yes, run("2026-10-02", failing(), "re-judged"), run("2026-10-03", emulated(), "self-reported")],
      "2026-10-02",
    ],
    ["what could not tell leaves", [yes, doubt, run("2026-10-03", untold())], "2026-10-02"],
    ["none where a failure decides", [doubt]],
    ["none where ours failed too", [yes, doubt, run("2026-10-03", failing())]],
    ["none where nothing failed", [yes, run("2026-10-03", emulated(), "self-reported")]],
  ])("is %s", (_, runs, day?: string) => {
    expect(doubtAfter(...runs)?.at.slice(0, 10)).toBe(day);
  });
});
