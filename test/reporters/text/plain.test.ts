import { describe, expect, it } from "vitest";
import { aligned, columns, shortened } from "../../../src/reporters/text/columns.ts";
import { inert } from "../../../src/reporters/text/inert.ts";
import { code, codeBlock, link, markdown } from "../../../src/reporters/text/markdown.ts";
import { excerpt, oneLine, plain } from "../../../src/reporters/text/plain.ts";
import { dice, hostileText } from "../hostile.ts";

describe("plain text", () => {
  it("keeps what is to be read and drops what would drive a terminal", () => {
    expect(plain("\u001b[1;31mred\u001b[0m\r\n\tgrün 漢字\u0007\u0000\u009b2J")).toBe("red\n\tgrün 漢字");
    expect(plain("10%\r20%\r")).toBe("10%\n20%\n");
    expect(plain("a\u202eb\ud800c")).toBe("ab\ufffdc");
  });

  it.each([
    ["colours", "\u001b[1;31mred\u001b[m \u009b38:5:9mred", "red red"],
    ["a screen's reset, a character set", "\u001bc\u001b(B\u001b=SeaBIOS", "SeaBIOS"],
    ["a private mode, a cursor's shape", "\u001b[?25l\u001b[2 qx", "x"],
    ["a title and a link", "\u001b]0;title\u0007\u001b]8;;http://x\u001b\\link\u009d8;;\u009c", "link"],
    ["a device's own string", "\u001bP1$r0m\u001b\\x\u0090q\u009cy", "xy"],
    ["a title without an end, which hides nothing", "\u001b]0;title\nKernel panic\u0007", "0;title\nKernel panic"],
    ["a sequence that another cuts off", "\u001b[1;\u001b[0mx\u001b", "1;x"],
  ])("has no %s", (_, text, left) => {
    expect(plain(text)).toBe(left);
  });

  it("is the same when it is made plain again", () => {
    const random = dice(11);
    for (let round = 0; round < 200; round += 1) {
      const once = plain(hostileText(random));
      expect(plain(once)).toBe(once);
    }
  });

  it("takes no long time for long noise", () => {
    const before = performance.now();
    for (const piece of [
      "\u001b];a",
      "\u009da",
      "\u001b]",
      "\u001b[1;1 ",
      "\u001b(",
      "\u001b[1;",
      "\n",
      " ",
      ":",
      "##a",
      "\u001b",
      "`",
    ]) {
      const noise = piece.repeat(1_048_576 / piece.length);
      inert(plain(noise));
      oneLine(noise);
      markdown(noise);
    }
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});

describe("an excerpt", () => {
  it("has the head and the tail, and says how much is missing", () => {
    expect(excerpt("short", 10)).toBe("short");
    expect(excerpt("abcdefghijkl", 6)).toBe("abc\n[… 6 characters left out …]\njkl");
  });

  it("cuts no character in two", () => {
    expect(excerpt("🙂".repeat(100), 5)).not.toMatch(/\p{Surrogate}/u);
    expect(oneLine("🙂".repeat(1000), 6)).toBe("🙂🙂…");
  });
});

describe("inert text", () => {
  it("is no command to a CI service, and otherwise the same", () => {
    expect(inert("::error::x\n  ::add-mask::y\na::b")).toBe(": :error::x\n  : :add-mask::y\na::b");
    expect(inert("x ##[group]y ##vso[z] ## heading")).toBe("x # #[group]y # #vso[z] ## heading");
  });
});

describe("Markdown", () => {
  it("shows text as text", () => {
    expect(markdown("a_b *c* <d>")).toBe("a_b &#42;c&#42; &#60;d&#62;");
    expect(markdown("1. one")).toBe("1\\. one");
    expect(markdown("10.0.13")).toBe("10.0.13");
    expect(markdown("@someone https://evil.org www.evil.org")).toBe(
      "&#64;someone https&#58;//evil.org www&#46;evil.org",
    );
  });

  it("has code that its text cannot close", () => {
    expect(code("a `b` |c|")).toBe("``a `b` \\|c\\|``");
    expect(code("`")).toBe("`` ` ``");
    expect(codeBlock("```\n````\nx\n")).toBe("`````text\n```\n````\nx\n`````");
  });

  it("links to the web only", () => {
    expect(link("bug", "https://bugs.example.org/1")).toBe("[bug](https://bugs.example.org/1)");
    expect(link("bug", "javascript:alert(1)")).toBe("javascript:alert&#40;1&#41;");
    expect(link("bug", "https://x/) [y](https://z")).not.toContain("](");
  });
});

describe("columns", () => {
  it("count what a terminal shows", () => {
    expect([columns("abc"), columns("漢字"), columns("e\u0301"), columns("🙂")]).toEqual([3, 4, 1, 2]);
    expect(shortened("漢字漢字", 5)).toBe("漢字…");
    expect(shortened("abc", 0)).toBe("");
  });

  it("stand under each other", () => {
    expect(aligned([["a", "b"], ["漢字", "c", ""], ["x"]])).toEqual(["a     b", "漢字  c", "x"]);
  });
});
