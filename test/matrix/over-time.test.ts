import { describe, expect, it } from "vitest";
import { answersOn, daysBetween } from "../../src/matrix/over-time.ts";
import { emulated, failing, folded, guestOnly, passing, run } from "./seen.ts";

describe("the days of a plot", () => {
  it.each([
    ["2026-11-22", "2026-11-22", 26, ["2026-11-22"]],
    ["2026-11-20", "2026-11-22", 26, ["2026-11-20", "2026-11-21", "2026-11-22"]],
    ["2026-11-01", "2026-11-22", 4, ["2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22"]],
  ])("from %s to %s, at most %i", (first, last, most, days) => {
    expect(daysBetween(`${first}T00:00:00.000Z`, `${last}T12:00:00.000Z`, most)).toEqual(days);
  });

  it("are never more than asked for", () => {
    for (const most of [2, 5, 26])
      expect(daysBetween("2020-01-01", "2026-11-22", most).length).toBeLessThanOrEqual(most);
  });
});

it("a square that was doubted answered less, as long as the doubt was young", () => {
  const runs = [
    run("2026-01-10", failing(), "self-reported"),
    run("2026-01-01", passing()),
    run("2026-03-10", emulated()),
  ];
  const [one] = folded([...runs, run("2026-05-01", guestOnly())]);
  if (one === undefined) throw new Error("No square");
  const days = ["2026-01-09", "2026-01-10", "2026-03-09", "2026-03-10", "2026-06-30"];
  expect(answersOn(days, one, 180)).toEqual(["yes", "provisional", "provisional", "yes", "yes"]);
  const [late] = folded(runs.slice(0, 1).concat(run("2026-06-01", guestOnly()), run("2026-01-01", emulated())));
  if (late === undefined) throw new Error("No square");
  expect(answersOn(["2026-01-10", "2026-06-30"], late, 180)).toEqual(["unknown", "unknown"]);
});

it("a square answered what it had seen by then, and no longer than that holds", () => {
  const [one] = folded([run("2026-01-10", failing()), run("2026-02-10", passing())]);
  if (one === undefined) throw new Error("No square");
  const days = ["2026-01-09", "2026-01-10", "2026-02-09", "2026-02-10", "2026-08-09", "2026-08-10"];
  expect(answersOn(days, one, 180)).toEqual(["unknown", "no", "no", "yes", "yes", "stale"]);
});
