/** A JSON text that was read, and where in it each value begins. */
export interface LocatedJson {
  readonly value: unknown;
  /** `line:column` of the value at the path, or of the nearest one around it; both count from 1. */
  at(path: readonly PropertyKey[]): string;
}

/** A text that is not JSON; the message begins with `line:column`. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

const space = /[ \t\n\r]*/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const deepest = 64;

const place = (text: string, offset: number): string => {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
};

const pointer = (path: readonly PropertyKey[]): string => path.map(step => JSON.stringify(String(step))).join(",");

/** Walks the text once and notes where values begin, because JSON.parse says neither that nor, for most errors, the place. */
function scan(text: string): Map<string, number> {
  const offsets = new Map<string, number>();
  let offset = 0;

  const fail = (expected: string): never => {
    const found = offset < text.length ? JSON.stringify(text[offset]) : "the end of the file";
    throw new JsonError(`${place(text, offset)}: expected ${expected}, found ${found}`);
  };
  const take = (token: RegExp): string | undefined => {
    token.lastIndex = offset;
    const found = token.exec(text)?.[0];
    if (found) offset += found.length;
    return found;
  };
  const skip = (letter: string): boolean => {
    take(space);
    if (text[offset] !== letter) return false;
    offset++;
    return true;
  };
  const members = (end: string, what: string, member: (index: number) => void): void => {
    offset++;
    if (skip(end)) return;
    for (let index = 0; ; index++) {
      take(space);
      member(index);
      if (skip(end)) return;
      if (!skip(",")) fail(`a comma or ${end} after ${what}`);
    }
  };
  const object = (path: readonly string[]): void =>
    members("}", "a value", () => {
      const start = offset;
      const key = take(string) ?? fail("a key in double quotes");
      const below = [...path, JSON.parse(key) as string];
      if (offsets.has(pointer(below))) throw new JsonError(`${place(text, start)}: the key ${key} is there twice`);
      if (!skip(":")) fail("a colon after the key");
      value(below);
    });
  const value = (path: readonly string[]): void => {
    take(space);
    if (path.length > deepest) fail("fewer levels");
    offsets.set(pointer(path), offset);
    if (text[offset] === "{") object(path);
    else if (text[offset] === "[") members("]", "a value", index => value([...path, String(index)]));
    else if (take(string) === undefined && take(scalar) === undefined) fail("a value");
  };

  value([]);
  take(space);
  if (offset < text.length) fail("the end of the file");
  return offsets;
}

/** Throws JsonError with the place of what is wrong, a key that is there twice included. */
export function locatedJson(text: string): LocatedJson {
  const offsets = scan(text);
  const at = (path: readonly PropertyKey[]): string => {
    const offset = offsets.get(pointer(path));
    return offset === undefined && path.length > 0 ? at(path.slice(0, -1)) : place(text, offset ?? 0);
  };
  return { value: JSON.parse(text), at };
}
