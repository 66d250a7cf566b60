import { describe, expect, it } from "vitest";
import { matrixOf } from "../../src/matrix/fold.ts";
import { Matrix, Square } from "../../src/model/matrix.ts";
import { Target } from "../../src/model/target.ts";
import {
  emulated,
  failing,
  folded,
  guestOnly,
  kataKernel,
  lacking,
  ownKata,
  part,
  parts,
  passing,
  run,
  scenario,
  setting,
  squareOf,
  target,
  untold,
} from "./seen.ts";

const issue = { check: "guest.hotplug", url: "https://bugs.example.org/1", note: "It hangs" };
const withIssue = (since?: string, own: object = {}) => {
  const knownIssues = [{ ...issue, ...(since === undefined ? {} : { since }), ...own }];
  return { catalog: { targets: [Target.parse({ ...target, knownIssues })], scenarios: [scenario] } };
};

describe("a square", () => {
  it("without evidence is unknown", () => {
    expect(squareOf([])).toMatchObject({ answer: "unknown", evidence: null, expires: null, runs: 0 });
  });

  it("of which no run could tell is unknown, and says why", () => {
    const square = squareOf([run("2026-11-01", untold())]);
    expect(square).toMatchObject({ answer: "unknown", evidence: null, runs: 1 });
    expect(square.because).toContain("the testbed died");
  });

  it("says what its newest run says, who saw it, when, and with what", () => {
    const square = squareOf([run("2026-11-01", passing()), run("2026-10-01", failing())]);
    expect(square).toMatchObject({ answer: "yes", runs: 2, expires: "2027-04-30", productionReady: true });
    expect(square.evidence).toMatchObject({
      ...{ at: "2026-11-01T12:00:00.000Z", witness: "runners", acceleration: "kvm", kata: "4.0.0" },
      verdict: "2026-11-01/debian-13/verdict.json",
      parts: { vmm: { name: "qemu", packageVersion: "1:10.0.13+ds-0+deb13u1", shipped: true } },
    });
  });

  it("is not applicable where the catalog has nothing to test, whatever was seen", () => {
    const without = Target.parse({ ...target, packages: { ...target.packages, vmm: {} } });
    const own = { catalog: { targets: [without], scenarios: [scenario] } };
    expect(squareOf([run("2026-11-01", passing())], own)).toMatchObject({ answer: "not-applicable", evidence: null });
  });

  it.each([
    ["2026-05-26", 180, "yes"],
    ["2026-05-25", 180, "stale"],
    ["2026-11-21", 1, "yes"],
    ["2026-11-20", 1, "stale"],
  ])("seen on %s reads after at most %i days: %s", (day, maxAgeDays, answer) => {
    expect(squareOf([run(day, passing())], { maxAgeDays }).answer).toBe(answer);
  });

  it.each([
    ["2026-11-22", "yes"],
    ["2026-11-21", "stale"],
  ])("of a release whose end of life is %s reads %s", (endOfLife, answer) => {
    const own = { catalog: { targets: [Target.parse({ ...target, endOfLife })], scenarios: [scenario] } };
    expect(squareOf([run("2026-11-01", passing())], own)).toMatchObject({ answer, expires: endOfLife });
  });

  it("carries to an update of the same series, seen in whichever scenario, and could not tell", () => {
    const update = { ...parts, vmm: part("qemu", "1:10.0.14+ds-0+deb13u1") };
    const other = untold({ scenario: "another", components: update });
    const square = squareOf([run("2026-11-01", passing()), run("2026-11-02", other)]);
    expect(square).toMatchObject({ answer: "yes", carriedTo: { vmm: "1:10.0.14+ds-0+deb13u1" } });
  });

  it.each<[string, object]>([
    ["another series", { ...parts, vmm: part("qemu", "1:10.1.0-1") }],
    ["a kernel of another series", { ...parts, guestKernel: part("linux", "6.13.1-1") }],
    ["an older version", { ...parts, vmm: part("qemu", "1:10.0.2-1") }],
  ])("does not carry to %s", (_, components) => {
    const square = squareOf([run("2026-11-01", passing()), run("2026-11-02", untold({ components }))]);
    expect(square).toMatchObject({ answer: "stale", carriedTo: {} });
    expect(square.because).toContain("ships something else since");
  });

  it("is not moved by candidates, by packages from elsewhere, or by what was seen before", () => {
    const elsewhere = { ...parts, vmm: part("qemu", "1:11.0-1", false) };
    const before = run("2026-10-01", untold({ components: { ...parts, vmm: part("qemu", "1:9.0-1") } }));
    const runs = [before, run("2026-11-01", passing()), run("2026-11-02", untold({ components: elsewhere }))];
    expect(squareOf(runs)).toMatchObject({ answer: "yes", carriedTo: {} });
  });

  it("carries to no other release and no other architecture", () => {
    const trixie = Target.parse({ ...target, arches: ["amd64", "arm64"], packages: { ...target.packages } });
    const forky = Target.parse({ ...target, id: "debian-14" });
    const arm = { vmm: { qemu: { amd64: ["qemu"], arm64: ["qemu"] } }, kernel: { amd64: ["linux"], arm64: ["linux"] } };
    const targets = [Target.parse({ ...trixie, packages: { ...target.packages, ...arm } }), forky];
    const all = folded([run("2026-11-01", passing())], { catalog: { targets, scenarios: [scenario] } });
    expect(all.map(({ square }) => [square.target, square.arch, square.answer])).toEqual([
      ["debian-13", "amd64", "yes"],
      ["debian-13", "arm64", "unknown"],
      ["debian-14", "amd64", "unknown"],
    ]);
  });

  it.each([
    ["a day after", withIssue("2026-11-02"), passing(), "provisional"],
    ["the same day, and the run did not know of it", withIssue("2026-11-01"), passing(), "provisional"],
    ["a day before", withIssue("2026-10-31"), passing(), "yes"],
    ["no day, and the run did not know of it", withIssue(), passing(), "provisional"],
    ["a day after an emulated pass", withIssue("2026-11-02"), emulated(), "unknown"],
    ["a day after a failure", withIssue("2026-11-02"), failing(), "no"],
    ["a day after, of another scenario", withIssue("2026-11-02", { scenario: "other" }), passing(), "yes"],
  ])("with a bug that was found %s", (_, own, cell, answer) => {
    expect(squareOf([run("2026-11-01", cell)], own).answer).toBe(answer);
  });

  it.each([undefined, "2026-11-01"])("is not in doubt for a bug that its run knew, found on %s", since => {
    const [first, ...rest] = passing().checks;
    if (first === undefined) throw new Error("There is no check");
    const knowing = passing({ checks: [{ ...first, knownIssue: issue.url }, ...rest] });
    expect(squareOf([run("2026-11-01", knowing)], withIssue(since))).toMatchObject({ answer: "yes", challenge: null });
  });

  it.each([
    ["a yes", passing(), "provisional"],
    ["a provisional", emulated(), "unknown"],
  ])("of %s, doubted by who is trusted less, is one step less and says by whom", (_, cell, answer) => {
    const square = squareOf([run("2026-11-01", cell), run("2026-11-02", failing(), "self-reported")]);
    expect(square).toMatchObject({
      answer,
      because: expect.stringMatching(/^A self-reported run saw a failure since: .* It was: /),
      evidence: { at: "2026-11-01T12:00:00.000Z", witness: "runners" },
      doubt: {
        ...{ at: "2026-11-02T12:00:00.000Z", witness: "self-reported", verdict: "2026-11-02/debian-13/verdict.json" },
        because: "kata.volume: it reads differently",
      },
    });
    expect(Square.parse(square)).toEqual(square);
  });

  it.each([
    ["2026-05-26", "unknown"],
    ["2026-05-25", "provisional"],
  ])("is in doubt of %s as long as that would itself answer: %s", (day, answer) => {
    const runs = [run("2026-05-01", emulated()), run(day, failing(), "self-reported"), run("2026-11-01", guestOnly())];
    const newer = { ...parts, vmm: part("qemu", "1:10.1.0-1") };
    const square = squareOf([...runs, run("2026-11-02", emulated({ components: newer, tiers: { contract: "pass" } }))]);
    expect(square).toMatchObject({ answer, evidence: { at: "2026-11-02T12:00:00.000Z" } });
  });

  it("of what the catalog no longer has is stale", () => {
    const runs = [run("2026-11-01", passing(), "runners", "debian-9"), run("2026-11-01", passing({ scenario: "old" }))];
    const answers = folded(runs).map(({ square }) => [square.target, square.scenario, square.answer]);
    expect(answers).toEqual([
      ["debian-13", "old", "stale"],
      ["debian-13", "qemu-distro-kernel", "unknown"],
      ["debian-9", "qemu-distro-kernel", "stale"],
    ]);
  });

  it("does not go by what comes from the future", () => {
    expect(squareOf([run("2026-11-25", passing())])).toMatchObject({ answer: "unknown", runs: 0 });
    expect(squareOf([run("2026-11-25", passing()), run("2026-11-01", failing())]).answer).toBe("no");
  });

  it("counts what was seen in one instant of other packages twice, in whatever order it is read", () => {
    const one = run("2026-11-01", passing());
    const vmm = part("qemu", "1:11.0.1-1");
    const two = run("2026-11-01", passing({ components: { ...parts, vmm } }));
    const there = { ...two, source: { ...two.source, file: "there/verdict.json" } };
    expect(squareOf([one, there]).runs).toBe(2);
    expect(squareOf([there, one])).toEqual(squareOf([one, there]));
  });

  it("counts a verdict that lies there twice once", () => {
    const one = run("2026-11-01", passing());
    expect(squareOf([one, { ...one, source: { ...one.source, file: "copy/verdict.json" } }]).runs).toBe(1);
  });
});

describe("the columns of a square", () => {
  const scenarios = [scenario, kataKernel, ownKata];
  const withKata = Target.parse({ ...target, packages: { ...target.packages, kata: ["kata"] } });
  const columnsOf = (id: string, cell = passing({ scenario: id })) => {
    const all = folded([run("2026-11-01", cell)], { catalog: { targets: [withKata], scenarios } });
    const { columns } = all.find(({ square }) => square.scenario === id)?.square ?? {};
    return Object.values(columns ?? {}).map(claim =>
      typeof claim === "object" && claim !== null ? (claim as { answer: string }).answer : "",
    );
  };
  it.each([
    ["qemu-distro-kernel", passing(), ["yes", "yes", "yes", "not-applicable"]],
    ["qemu-kata-kernel", passing({ scenario: "qemu-kata-kernel" }), ["yes", "not-applicable", "yes", "not-applicable"]],
    ["distro-kata", passing({ scenario: "distro-kata" }), ["yes", "yes", "yes", "unknown"]],
    [
      "distro-kata",
      passing({ scenario: "distro-kata", components: { ...parts, kata: part("kata", "3.2-1") } }),
      ["yes", "yes", "yes", "yes"],
    ],
    ["qemu-distro-kernel", passing({ components: lacking("hostKernel") }), ["yes", "yes", "unknown", "not-applicable"]],
    ["qemu-distro-kernel", failing(), ["no", "unknown", "unknown", "not-applicable"]],
    ["qemu-distro-kernel", untold(), ["unknown", "unknown", "unknown", "not-applicable"]],
  ] as const)("of %s", (id, cell, expected) => {
    expect(columnsOf(id, cell)).toEqual(expected);
  });

  it("never call Kata's own kernel ready for production", () => {
    const all = folded([], { catalog: { targets: [target], scenarios } });
    expect(all.map(({ square }) => [square.scenario, square.productionReady])).toEqual([
      ["distro-kata", true],
      ["qemu-distro-kernel", true],
      ["qemu-kata-kernel", false],
    ]);
  });
});

it("is what its schema says, the same for runs in any order", () => {
  const runs = [run("2026-11-01", passing()), run("2026-10-01", failing()), run("2026-11-03", untold())];
  const made = matrixOf(folded(runs), setting());
  expect(Matrix.parse(made)).toEqual(made);
  expect(matrixOf(folded([...runs].reverse()), setting())).toEqual(made);
});
