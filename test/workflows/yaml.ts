/** What a workflow's file is made of. */
export type Yaml = string | number | boolean | null | readonly Yaml[] | YamlMap;
export interface YamlMap {
  readonly [key: string]: Yaml;
}

interface Line {
  readonly number: number;
  readonly indent: number;
  readonly text: string;
}

const key = /^(?<key>[A-Za-z0-9_.-]+):(?: +(?<rest>.*))?$/;
const block = /^(?<style>[|>])(?<chomp>-?)$/;

const wrong = (line: Pick<Line, "number" | "text">, why: string): Error =>
  new Error(`line ${line.number}: ${why}: ${line.text}`);

const withoutComment = (text: string): string => text.replace(/(?:^|\s)#.*$/, "").trim();

function plainScalar(text: string, line: Line): Yaml {
  if (/^[&*!?%@`{}[\]>|'",]|^- |: |:$/.test(text)) throw wrong(line, "is no plain text");
  if (text === "true" || text === "false") return text === "true";
  if (text === "null" || text === "~") return null;
  // What YAML 1.1 took for a truth, and other readers still do.
  if (/^(?:yes|no|on|off)$/i.test(text)) throw wrong(line, "says yes or no, which readers take for different things");
  return /^-?(?:0|[1-9][0-9]*)$/.test(text) ? Number(text) : text;
}

function scalar(raw: string, line: Line): Yaml {
  const quoted = /^(?<value>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(?:#.*)?$/.exec(raw)?.groups?.["value"];
  if (quoted?.startsWith('"')) return JSON.parse(quoted) as string;
  if (quoted) return quoted.slice(1, -1).replaceAll("''", "'");
  const text = withoutComment(raw);
  const list = /^\[(?<items>.*)\]$/.exec(text)?.groups?.["items"];
  if (list === undefined) return plainScalar(text, line);
  const items = [...list.matchAll(/\s*("(?:[^"\\]|\\.)*"|[^,"]+?)\s*(?:,|$)/g)].map(([, item = ""]) => item);
  return items.map(item => scalar(item, line));
}

function read(text: string): Line[] {
  return text.split("\n").map((raw, at) => {
    if (raw.includes("\t")) throw wrong({ number: at + 1, text: raw }, "has a tab");
    return { number: at + 1, indent: raw.length - raw.trimStart().length, text: raw.trim() };
  });
}

/**
 * Reads the part of YAML that this project's workflows are written in: maps and lists by indentation, text plain, quoted or as a block, lists
 * of words in brackets. Throws for all else: anchors, tags, keys that come twice, words that readers take for different things.
 */
export function yaml(text: string): Yaml {
  const lines = read(text);
  const raws = text.split("\n");
  const at = { line: 0 };

  const peek = (): Line | undefined => {
    while (at.line < lines.length && /^(?:#.*)?$/.test(lines[at.line]?.text ?? "")) at.line += 1;
    return lines[at.line];
  };

  const folded = (above: number, style: string, chomp: string): string => {
    const taken: string[] = [];
    while (at.line < lines.length) {
      const line = lines[at.line];
      if (!line || (line.text !== "" && line.indent <= above)) break;
      taken.push(raws[at.line] ?? "");
      at.line += 1;
    }
    while (taken.at(-1)?.trim() === "") taken.pop();
    const least = Math.min(...taken.filter(one => one.trim() !== "").map(one => one.length - one.trimStart().length));
    const joined = taken.map(one => one.slice(least)).join(style === "|" ? "\n" : " ");
    return chomp === "-" ? joined : `${joined}\n`;
  };

  const value = (rest: string, line: Line): Yaml => {
    const head = withoutComment(rest);
    if (head === "") {
      const next = peek();
      return next && next.indent > line.indent ? node(next.indent) : null;
    }
    const { style, chomp } = block.exec(head)?.groups ?? {};
    return style === undefined ? scalar(rest.trim(), line) : folded(line.indent, style, chomp ?? "");
  };

  const list = (indent: number): Yaml[] => {
    const items: Yaml[] = [];
    for (let line = peek(); line?.indent === indent && line.text.startsWith("- "); line = peek()) {
      const rest = line.text.slice(2).trim();
      const inner: Line = { ...line, indent: indent + 2, text: rest };
      if (key.test(rest)) {
        lines[at.line] = inner;
        items.push(map(indent + 2));
      } else {
        at.line += 1;
        items.push(value(rest, inner));
      }
    }
    return items;
  };

  const map = (indent: number): YamlMap => {
    const found = new Map<string, Yaml>();
    for (let line = peek(); line?.indent === indent && !line.text.startsWith("- "); line = peek()) {
      const { key: name, rest } = key.exec(line.text)?.groups ?? {};
      if (name === undefined) throw wrong(line, "is no key with a value");
      if (found.has(name)) throw wrong(line, "comes twice");
      at.line += 1;
      found.set(name, value(rest ?? "", line));
    }
    return Object.fromEntries(found);
  };

  const node = (indent: number): Yaml => (peek()?.text.startsWith("- ") ? list(indent) : map(indent));

  const whole = node(0);
  const left = peek();
  if (left) throw wrong(left, "does not belong to what is above it");
  return whole;
}
