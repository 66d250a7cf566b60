import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { escaped, html, outward } from "../../../src/reporters/text/html.ts";
import { dice, hostileText, nasty } from "../hostile.ts";

/** What a parser reads of an element with this text, in an attribute and inside. */
function read(text: string): { attribute: string; inside: string; elements: number } {
  const seen = { attribute: "", inside: "", elements: 0 };
  const parser = new SaxesParser();
  parser.on("opentag", tag => {
    seen.elements += 1;
    seen.attribute = String(tag.attributes["title"]);
  });
  parser.on("text", piece => {
    seen.inside += piece;
  });
  parser.write(html`<p title="${text}">${text}</p>`.html).close();
  return seen;
}

describe("a template", () => {
  it("escapes what it is given, wherever it stands", () => {
    const text = `<b class="x">'&\`</b>`;
    expect(read(text)).toEqual({ attribute: text, inside: text, elements: 1 });
    expect(escaped("<&>\"'`")).toBe("&lt;&amp;&gt;&quot;&#39;&#96;");
  });

  it("is one element with whatever a console can print in it", () => {
    const random = dice(3);
    const texts = [...nasty, ...Array.from({ length: 300 }, () => hostileText(random))];
    for (const text of texts) expect(read(text).elements).toBe(1);
  });

  it("takes templates and lists as they are, and nothing for undefined", () => {
    expect(html`<ul>${["a", "<"].map(one => html`<li>${one}</li>`)}${undefined}${3}</ul>`.html).toBe(
      "<ul><li>a</li><li>&lt;</li>3</ul>",
    );
  });

  it.each([
    ["https://bugs.example.org/1?a=b", true],
    ["http://example.org", true],
    ["javascript:alert(1)", false],
    ["data:text/html,x", false],
    ['https://x"onclick="y', false],
    ["//example.org", false],
  ])("links to %s: %s", (address, expected) => {
    expect(outward("t", address).html.includes("<a ")).toBe(expected);
  });
});
