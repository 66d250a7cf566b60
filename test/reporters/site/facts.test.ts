import { expect, it } from "vitest";
import { facts } from "../../../src/reporters/site/facts.ts";
import { failing, folded, passing, run } from "../../matrix/seen.ts";

const textOf = (runs: Parameters<typeof folded>[0]): string => {
  const [one] = folded(runs);
  if (one === undefined) throw new Error("No square");
  return facts(one).html;
};

it("are who saw it, when, and how long that holds", () => {
  const text = textOf([run("2026-11-01", passing())]);
  expect(text).toContain("<dt>Seen</dt><dd>2026-11-01 by our runners</dd>");
  expect(text).toContain("<dt>Holds until</dt><dd>2027-04-30</dd>");
  expect(text).not.toContain("Doubted");
});

it("are who doubts it, when, and why", () => {
  const text = textOf([run("2026-11-01", passing()), run("2026-11-02", failing(), "self-reported")]);
  const doubt = "2026-11-02 by somebody else, by their own word: kata.volume: it reads differently";
  expect(text).toContain(`<dt>Doubted</dt><dd>${doubt}</dd>`);
});
