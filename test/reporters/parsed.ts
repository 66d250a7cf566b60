import { SaxesParser } from "saxes";

export interface Parsed {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Parsed[];
  text: string;
}

/** Strict: throws for what XML 1.0 does not allow, numeric references to controls among it. */
export function parsed(xml: string): Parsed {
  const root: Parsed = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const parser = new SaxesParser();
  parser.on("error", cause => {
    throw cause;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const text = (piece: string) => {
    const last = open.at(-1);
    if (last) last.text += piece;
  };
  parser.on("text", text);
  parser.on("cdata", text);
  parser.on("closetag", () => open.pop());
  parser.write(xml).close();
  return root.children[0] ?? root;
}
