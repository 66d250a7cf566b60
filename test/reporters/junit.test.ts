import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/model/verdict.ts";
import { junit, junitElements } from "../../src/reporters/junit.ts";
import { dice, hostileText, hostileVerdict, nasty } from "./hostile.ts";
import { libraryJunit } from "./library-junit.ts";
import { type Parsed, parsed } from "./parsed.ts";
import { cellVerdict, checkVerdict, everything, notPassed, verdict } from "./verdicts.ts";

const problems = ["failure", "error", "skipped"];
const cases = (suites: Parsed) =>
  suites.children.flatMap(suite => suite.children.filter(one => one.name === "testcase"));
const problemOf = (testCase: Parsed) => testCase.children.filter(child => problems.includes(child.name));

/** What every consumer of peers relies on. */
function expectDialect(of: Verdict): Parsed {
  const suites = parsed(junit(of));
  expect(suites.name).toBe("testsuites");
  expect(suites.children).toHaveLength(of.cells.length);
  for (const suite of suites.children) {
    expect(suite.name).toBe("testsuite");
    const own = suite.children.filter(one => one.name === "testcase");
    expect(suite.children.every(one => one.name === "testcase" || one.name === "properties")).toBe(true);
    for (const name of ["name", "tests", "failures", "errors", "skipped", "time", "timestamp"])
      expect(suite.attributes[name]).toBeDefined();
    const count = (name: string) => own.filter(one => one.children.some(child => child.name === name)).length;
    expect(suite.attributes).toMatchObject({
      tests: String(own.length),
      failures: String(count("failure")),
      errors: String(count("error")),
      skipped: String(count("skipped")),
      timestamp: "2026-11-22T10:00:00",
    });
    expect(own.filter(one => /^verdict( \(.*\))?$/.test(one.attributes["name"] ?? ""))).toHaveLength(1);
    for (const one of own) {
      expect(Number(one.attributes["time"])).toBeGreaterThanOrEqual(0);
      expect(one.attributes["classname"]).toMatch(/^kata\.debian-13\./);
      const [problem, ...others] = problemOf(one);
      expect(others).toEqual([]);
      if (problem) {
        expect(problem.text.trim()).not.toBe("");
        expect(problem.attributes["message"]).not.toBe("");
      }
    }
  }
  const names = cases(suites).map(one => `${one.attributes["classname"]} ${one.attributes["name"]}`);
  expect(new Set(names).size).toBe(names.length);
  return suites;
}

const found = (suites: Parsed, name: string) => cases(suites).find(one => one.attributes["name"] === name);

describe("junit.xml", () => {
  it("is in the strict flat dialect", async () => {
    expectDialect(everything);
    await expect(junit(everything)).toMatchFileSnapshot("golden/everything.junit.xml");
  });

  it("has a failure for a fail and an error for what could not be told", () => {
    const cell = cellVerdict({
      standing: "unsupported",
      because: "why",
      checks: [
        notPassed("fail", "guest.vsock", "guest.vsock", { detail: "EAFNOSUPPORT" }),
        notPassed("error", "guest.network", "infra.no-tun"),
        checkVerdict("guest.console"),
      ],
    });
    const suites = expectDialect(verdict({ cells: [cell] }));
    const [failure] = problemOf(found(suites, "guest.vsock") ?? suites);
    expect(failure).toMatchObject({ name: "failure", attributes: { type: "guest.vsock" } });
    expect(failure?.text).toContain("EAFNOSUPPORT");
    expect(failure?.text).toContain(failure?.attributes["message"]);
    expect(problemOf(found(suites, "guest.network") ?? suites)[0]?.name).toBe("error");
    expect(problemOf(found(suites, "guest.console") ?? suites)).toEqual([]);
    expect(problemOf(found(suites, "verdict") ?? suites)[0]).toMatchObject({
      name: "failure",
      attributes: { message: "why" },
    });
  });

  it("skips what does not apply, is known or does not gate, with the reason in the body", () => {
    const cell = cellVerdict({
      standing: "unsupported",
      checks: [
        notPassed("skip", "guest.a", "catalog.not-shipped", { message: "not shipped" }),
        notPassed("fail", "guest.b", "guest.hotplug", { knownIssue: "https://bugs.example.org/1", message: "no disk" }),
        notPassed("fail", "guest.c", "vmm.aio-unsupported", { gating: false, message: "no io_uring" }),
      ],
    });
    const suites = expectDialect(verdict({ cells: [cell] }));
    const bodies = ["guest.a", "guest.b", "guest.c", "verdict"].map(
      name => problemOf(found(suites, name) ?? suites)[0],
    );
    expect(bodies.map(body => body?.name)).toEqual(["skipped", "skipped", "skipped", "skipped"]);
    expect(bodies[0]?.text).toContain("not shipped");
    expect(bodies[1]?.text).toContain("known issue https://bugs.example.org/1: no disk");
    expect(bodies[2]?.text).toContain("does not decide the standing: no io_uring");
  });

  it("does not say of what could not be told that it is known", () => {
    const known = notPassed("fail", "guest.b", "guest.hotplug", { knownIssue: "https://bugs.example.org/1" });
    const verdictOf = (...checks: ReturnType<typeof notPassed>[]) => {
      const cell = cellVerdict({ standing: "unsupported", because: "guest.b: no disk", checks: [known, ...checks] });
      const suites = expectDialect(verdict({ cells: [cell] }));
      return problemOf(found(suites, "verdict") ?? suites)[0];
    };
    expect(verdictOf()).toMatchObject({
      name: "skipped",
      attributes: { message: "only known issues: guest.b: no disk" },
    });
    const untold = verdictOf(notPassed("error", "guest.c", "infra.no-tun", { message: "no tun" }));
    expect(untold).toMatchObject({
      name: "error",
      attributes: { message: "besides known issues, could not tell: guest.c: no tun" },
    });
    const failed = verdictOf(
      notPassed("error", "guest.c", "infra.no-tun"),
      notPassed("fail", "guest.d", "guest.vsock"),
    );
    expect(failed).toMatchObject({ name: "failure" });
  });

  it("gives each cell of one VMM names of its own", () => {
    const two = verdict({ cells: [cellVerdict(), cellVerdict({ scenario: "qemu-kata-kernel" })] });
    const names = cases(expectDialect(two)).map(one => one.attributes["name"]);
    expect(names).toContain("verdict (qemu-kata-kernel, amd64)");
  });

  it("is well-formed whatever a console printed", () => {
    for (const text of nasty) expectDialect(hostileVerdict(() => text));
    const random = dice(1);
    for (let round = 0; round < 100; round += 1) {
      const of = hostileVerdict(() => hostileText(random), random);
      const xml = junit(of);
      expectDialect(of);
      expect(xml).not.toMatch(/\u001b|\[31m/);
    }
  });

  it("is what junit-report-builder writes of the same, byte for byte", () => {
    const random = dice(4);
    const hostile = Array.from({ length: 100 }, () => hostileVerdict(() => hostileText(random), random));
    for (const of of [everything, ...hostile]) expect(junit(of)).toBe(libraryJunit(junitElements(of)));
  });

  it("stays small when a guest prints megabytes", () => {
    const noise = hostileText(dice(2))
      .repeat(1 + 1_048_576 / 100)
      .slice(0, 1_048_576);
    expect(junit(hostileVerdict(() => noise)).length).toBeLessThan(200_000);
    const many = Array.from({ length: 2000 }, (_, at) =>
      notPassed("fail", `guest.${at}`, "guest.panic", { detail: noise }),
    );
    expect(junit(verdict({ cells: [cellVerdict({ checks: many })] })).length).toBeLessThan(25_000_000);
  });

  it("gives a suite the time that its cell took, and none where that is not known", () => {
    const time = (durationMs: number | null) =>
      parsed(junit(verdict({ cells: [cellVerdict({ durationMs })] }))).children[0]?.attributes["time"];
    expect(time(1250)).toBe("1.25");
    expect(time(null)).toBeUndefined();
  });

  it("does not depend on the time zone", () => {
    const before = process.env["TZ"];
    const texts = ["UTC", "Asia/Tokyo"].map(zone => {
      process.env["TZ"] = zone;
      return junit(everything);
    });
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
    expect(texts[0]).toBe(texts[1]);
  });
});
