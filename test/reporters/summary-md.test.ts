import { describe, expect, it } from "vitest";
import { summaryMd } from "../../src/reporters/summary-md.ts";
import { dice, hostileText, hostileVerdict, nasty } from "./hostile.ts";
import { cellVerdict, everything, notPassed, verdict } from "./verdicts.ts";

/** Markdown without its code: what GitHub would look for markup in. Fences as CommonMark has them. */
function withoutCode(text: string): string {
  const fence = { open: "" };
  const lines = text.split("\n").filter(line => {
    const ticks = /^`{3,}/.exec(line)?.[0] ?? "";
    if (fence.open === "") {
      fence.open = ticks;
      return ticks === "";
    }
    if (line.trim() === ticks && ticks.length >= fence.open.length) fence.open = "";
    return false;
  });
  expect(fence.open).toBe("");
  return lines.map(line => line.replace(/(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)/g, "")).join("\n");
}

describe("summary.md", () => {
  it("tells people everything that decides", async () => {
    await expect(summaryMd(everything)).toMatchFileSnapshot("golden/everything.summary.md");
  });

  it("shows hostile text as text", () => {
    const random = dice(6);
    const texts = [...nasty.map(text => () => text), ...Array.from({ length: 100 }, () => () => hostileText(random))];
    for (const text of texts) {
      const rest = withoutCode(summaryMd(hostileVerdict(text, random)));
      expect(rest).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]|\p{Surrogate}/u);
      const html = new Set(rest.match(/<[^>]*>?/g) ?? []);
      expect([...html].filter(tag => !/^<\/?(?:br|details|summary)>$/.test(tag))).toEqual([]);
      expect(rest).not.toMatch(/@someone|!\[|\]\(javascript|www\.evil|https:\/\/evil/);
      expect(rest).not.toMatch(/^(?:# head|- list|1\. one|> quote)/m);
      const bars = rest
        .split("\n")
        .filter(line => line.startsWith("|"))
        .map(line => line.replaceAll("\\|", ""));
      for (const line of bars) expect([4, 5, 6]).toContain(line.split("|").length - 1);
    }
  });

  it("stays below what GitHub takes, telling less of each cell first", () => {
    const detail = "x".repeat(1_048_576);
    const checks = Array.from({ length: 60 }, (_, at) => notPassed("fail", `guest.${at}`, "guest.panic", { detail }));
    const cells = (count: number) =>
      Array.from({ length: count }, (_, at) => cellVerdict({ scenario: `qemu-${at}`, checks }));
    const size = (count: number) => Buffer.byteLength(summaryMd(verdict({ cells: cells(count) })));
    for (const count of [1, 10, 500]) expect(size(count)).toBeLessThan(1_000_000);
    expect(summaryMd(verdict({ cells: cells(1) }))).toContain("What did not pass");
    const many = summaryMd(verdict({ cells: cells(10) }));
    expect(many).not.toContain("What did not pass");
    expect(many).toContain("Shortened to fit: all of it is in `verdict.json`.");
    for (const { scenario } of cells(10)) expect(many).toContain(`\`${scenario}\``);
    const lots = summaryMd(verdict({ cells: Array.from({ length: 40_000 }, () => cellVerdict()) }));
    expect(lots).toMatch(/\d+ more cells are in `verdict\.json`\.\n$/);
    expect(Buffer.byteLength(lots)).toBeLessThan(1_000_000);
  });

  it("says how to run a cell again", () => {
    expect(summaryMd(verdict())).toContain(
      "`npm run verify -- debian-13 --scenario qemu-distro-kernel --arch amd64 --tier guest --testbed vm`",
    );
  });
});
