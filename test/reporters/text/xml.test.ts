import { describe, expect, it } from "vitest";
import { xml } from "../../../src/reporters/text/xml.ts";
import { dice, hostileText, nasty } from "../hostile.ts";
import { parsed } from "../parsed.ts";

/** What XML 1.0 can say of a text: section 2.2 of its specification. */
const sayable = (text: string): string =>
  [...text]
    .map(char => (/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]$/u.test(char) ? char : "\ufffd"))
    .join("");

function expectGivenBack(text: string): void {
  const { attributes, children } = parsed(
    xml({ name: "root", attributes: { first: text, second: 1.5 }, content: [{ name: "child", content: text }] }),
  );
  expect(attributes).toEqual({ first: sayable(text), second: "1.5" });
  expect(children[0]?.text).toBe(sayable(text));
}

describe("XML", () => {
  it("gives back every text, as far as XML can say it", () => {
    for (const text of nasty) expectGivenBack(text);
    const random = dice(3);
    for (let round = 0; round < 300; round += 1) expectGivenBack(hostileText(random));
  });

  it("gives back every character of the first plane, alone and beside others", () => {
    for (let code = 0; code < 65536; code += 256) {
      const chars = Array.from({ length: 256 }, (_, low) => String.fromCharCode(code + low));
      expectGivenBack(chars.join("x"));
      expectGivenBack(chars.join(""));
    }
  });

  it("keeps line feeds, tabs and carriage returns that a parser would make others of", () => {
    expect(xml({ name: "a", attributes: { b: " \t\n\r\n" }, content: " \t\n\r\n" })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a b=" &#x9;&#xA;&#xD;&#xA;"> \t\n&#xD;\n</a>\n',
    );
  });

  it("can be closed by nothing but itself", () => {
    expect(xml({ name: "a", attributes: { b: '"><c/>' }, content: "]]></a><!-- &lt;" })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<a b="&quot;>&lt;c/>">]]&gt;&lt;/a&gt;&lt;!-- &amp;lt;</a>\n',
    );
  });

  it("has one element a line", () => {
    const content = [{ name: "b" }, { name: "c", content: [{ name: "d", content: "e" }] }, { name: "f", content: "" }];
    expect(xml({ name: "a", content }).split("\n").slice(1)).toEqual([
      "<a>",
      "  <b/>",
      "  <c>",
      "    <d>e</d>",
      "  </c>",
      "  <f/>",
      "</a>",
      "",
    ]);
  });
});
