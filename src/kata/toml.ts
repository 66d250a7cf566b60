export type TomlValue = string | number | boolean | readonly string[];

/** Tables by their names, `hypervisor.qemu`, and in each the values by their keys. */
export type Toml = Readonly<Record<string, Readonly<Record<string, TomlValue>>>>;

const named: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  '"': '\\"',
  "\\": "\\\\",
};

const coded = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0").toUpperCase()}`;

/** A basic string. Half of a surrogate pair is no text, and has no escape either: it is replaced, as in UTF-8. */
const quoted = (text: string) =>
  `"${text
    .replace(/\p{Surrogate}/gu, "\ufffd")
    .replace(/[\u0000-\u001f"\\\u007f]/g, character => named[character] ?? coded(character))}"`;

function written(value: TomlValue): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "boolean") return String(value);
  if (typeof value !== "number") return `[${value.map(quoted).join(", ")}]`;
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number`);
  return String(value);
}

/** A document in TOML 1.0. Names and keys are bare ones. Throws `RangeError` for a number that is not whole. */
export const toml = (tables: Toml): string =>
  Object.entries(tables)
    .map(([name, values]) => {
      const lines = Object.entries(values).map(([key, value]) => `${key} = ${written(value)}\n`);
      return `[${name}]\n${lines.join("")}`;
    })
    .join("\n");

const header = /^\s*\[([^[\]]+)\]\s*(?:#.*)?$/;
const pair = /^\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)')\s*(?:#.*)?$/;
const escapes = /\\(?:u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|(.))/g;
const meant: Readonly<Record<string, string>> = { b: "\b", t: "\t", n: "\n", f: "\f", r: "\r" };

const unescaped = (text: string) =>
  text.replace(escapes, (_, short?: string, long?: string, letter = "") =>
    short === undefined && long === undefined
      ? (meant[letter] ?? letter)
      : String.fromCodePoint(Number.parseInt(short ?? long ?? "", 16)),
  );

/** The strings of one table by their keys; only those that stand on a line of their own, as they do in Kata's files. */
export function readStrings(document: string, table: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = "";
  for (const line of document.split(/\r?\n/)) {
    at = header.exec(line)?.[1]?.trim() ?? at;
    const [, key, basic, literal] = pair.exec(line) ?? [];
    if (at === table && key !== undefined) found.set(key, basic === undefined ? (literal ?? "") : unescaped(basic));
  }
  return found;
}
