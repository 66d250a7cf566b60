/** An element. Its name and those of its attributes are ours; what they hold may be anybody's. */
export interface Element {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number>>;
  readonly content?: string | readonly Element[];
}

/** What stands for itself everywhere; most of a report is that. */
const harmless = /^[ !#-%'-;=?-~]*$/;

/** Not characters of XML 1.0: a reference to them would not be one either, so they cannot be written at all. */
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** A parser makes line feeds of carriage returns, spaces of an attribute's line feeds and tabs, unless they are references. */
const references: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};

function escaped(value: string, special: RegExp): string {
  if (harmless.test(value)) return value;
  return value.replace(forbidden, "\ufffd").replace(special, char => references[char] ?? char);
}

/** `]]>` may not be in text, and is not when no `>` is. */
const text = (value: string): string => escaped(value, /[&<>\r]/g);
const attribute = (value: string | number): string => escaped(`${value}`, /[&<"\t\n\r]/g);

function lines({ name, attributes = {}, content = [] }: Element, indent: string): string {
  let tag = `${indent}<${name}`;
  for (const [key, value] of Object.entries(attributes)) tag += ` ${key}="${attribute(value)}"`;
  if (content.length === 0) return `${tag}/>\n`;
  if (typeof content === "string") return `${tag}>${text(content)}</${name}>\n`;
  let inside = "";
  for (const element of content) inside += lines(element, `${indent}  `);
  return `${tag}>\n${inside}${indent}</${name}>\n`;
}

/**
 * An XML 1.0 document: one element a line, two spaces a level, nothing added to text. A parser gives back the same strings, but U+FFFD
 * for what XML has no way to write.
 */
export const xml = (root: Element): string => `<?xml version="1.0" encoding="UTF-8"?>\n${lines(root, "")}`;
