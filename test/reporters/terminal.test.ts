import { describe, expect, it } from "vitest";
import { terminal } from "../../src/reporters/terminal.ts";
import { unpainted } from "../../src/reporters/text/paint.ts";
import { dice, hostileText, hostileVerdict, nasty } from "./hostile.ts";
import { cellVerdict, everything, notPassed, verdict } from "./verdicts.ts";

describe("the report on a terminal", () => {
  it("says the standing, the tiers, what failed and why, what to do, and where the files are", async () => {
    const text = terminal([everything], unpainted, ["results/debian-13/summary.md"]);
    await expect(text).toMatchFileSnapshot("golden/everything.terminal.txt");
  });

  it("paints words only, never the layout", () => {
    const marked = terminal([everything], (style, text) => `<${style}>${text}</>`);
    expect(marked.replace(/<\w*>|<\/>/g, "")).toBe(terminal([everything], unpainted));
  });

  it("cannot drive the terminal or a CI service, whatever a console printed", () => {
    const random = dice(7);
    const texts = [...nasty.map(text => () => text), ...Array.from({ length: 100 }, () => () => hostileText(random))];
    for (const text of texts) {
      const shown = terminal([hostileVerdict(text, random)], unpainted, [text()]);
      expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\p{Surrogate}/u);
      expect(shown).not.toMatch(/^\s*::|##\w*\[/m);
    }
  });

  it("is bounded when a guest prints megabytes", () => {
    const noise = "noise ".repeat(200_000);
    expect(terminal([hostileVerdict(() => noise)], unpainted).length).toBeLessThan(20_000);
  });

  it("tells once what keeps many checks from being told", () => {
    const checks = Array.from({ length: 75 }, (_, at) =>
      notPassed("error", `contract.check-${at}`, "infra.mirror-stale"),
    );
    const text = terminal([verdict({ cells: [cellVerdict({ checks })] })], unpainted);
    expect(text).toContain(
      "? 75 checks: contract.check-0, contract.check-1, contract.check-2, contract.check-3 and 71 more",
    );
    expect(text.match(/kata-verify explain/g)).toHaveLength(1);
  });

  it("is short when all is well", () => {
    expect(terminal([verdict()], unpainted).split("\n").length).toBeLessThan(14);
  });
});
