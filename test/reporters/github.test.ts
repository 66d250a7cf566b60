import { describe, expect, it } from "vitest";
import { annotations } from "../../src/reporters/github.ts";
import { dice, hostileText, hostileVerdict, nasty } from "./hostile.ts";
import { cellVerdict, everything, notPassed, verdict } from "./verdicts.ts";

/** As the runner reads it: an own command begins a line; the older form may stand anywhere in one. */
const ours = /^::(?:error|warning) title=[^:,\r\n]*::[^\r\n]*$/;

function expectOurs(text: string): void {
  if (text === "") return;
  expect(text.endsWith("\n")).toBe(true);
  for (const line of text.slice(0, -1).split(/\r|\n/)) {
    expect(line).toMatch(ours);
    expect(line).not.toMatch(/##\w*\[|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  }
}

describe("annotations", () => {
  it("name what decides: errors for failures, warnings for what could not be told", async () => {
    expectOurs(annotations([everything]));
    await expect(annotations([everything])).toMatchFileSnapshot("golden/everything.annotations.txt");
  });

  it("keep the text that they escape", () => {
    const detail = "50% done, a:b\nsecond line";
    const [line = ""] = annotations([
      verdict({ cells: [cellVerdict({ checks: [notPassed("fail", "guest.vsock", "guest.vsock", { detail })] })] }),
    ]).split("\n");
    const message = line.slice(line.indexOf("::", 2) + 2);
    expect(decodeURIComponent(message)).toContain(detail);
  });

  it("are no other commands, whatever a console printed", () => {
    for (const text of nasty) expectOurs(annotations([hostileVerdict(() => text)]));
    const random = dice(5);
    for (let round = 0; round < 200; round += 1)
      expectOurs(annotations([hostileVerdict(() => hostileText(random), random)]));
  });

  it("are at most ten of a level, and the last counts the rest", () => {
    const checks = Array.from({ length: 30 }, (_, at) => notPassed("fail", `guest.${at}`, "guest.panic"));
    const lines = annotations([verdict({ cells: [cellVerdict({ checks })] })])
      .trimEnd()
      .split("\n");
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toContain("21 more");
  });

  it("are none when nothing is wrong", () => {
    expect(annotations([verdict()])).toBe("");
  });
});
