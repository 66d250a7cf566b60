import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { codes } from "../../src/model/reason.ts";
import { type RefusalCode, refusals } from "../../src/model/refusal.ts";
import { explainedRefusal, refusalJson, sectionOf } from "../../src/reporters/explain-refusal.ts";

const page = readFileSync(new URL("../../docs/refusals.md", import.meta.url), "utf8");
const all = Object.keys(refusals) as RefusalCode[];
const exits = { unusable: 2, false: 1, untold: 3 } as const;

it("has a section a code in the order of the table, and none is left over", () => {
  expect([...page.matchAll(/^## (.*)$/gm)].map(([, code]) => code)).toEqual(all);
});

it.each(all)("%s begins as the table has it, and says more", code => {
  const { title, meaning } = refusals[code];
  const [first = "", ...rest] = sectionOf(code, page).split("\n\n");
  expect(first.startsWith(`${title}. `)).toBe(true);
  expect(first).toContain(`exit code ${exits[meaning]}.`);
  expect(rest.join(" ").length).toBeGreaterThan(40);
});

it("shares no code with what checks say", () => {
  expect(all.filter(code => code in codes)).toEqual([]);
});

it("is explained as text and for programs", () => {
  expect(explainedRefusal("archive.link", page)).toMatch(/^archive\.link\n\nA member is a link\. .*\n\nLinks point/);
  expect(JSON.parse(refusalJson("claim.differs", page))).toMatchObject({ code: "claim.differs", meaning: "false" });
});
