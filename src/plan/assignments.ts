/** What a value is put together of: in double quotes, in single ones, one character after a backslash, and all else up to a blank. */
const piece = /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^\s"'\\]+)/y;

/** The first word of a text as a shell reads it; undefined where a quote has no end. */
function word(text: string): string | undefined {
  const form = new RegExp(piece);
  const pieces: string[] = [];
  while (form.lastIndex < text.length && !/\s/.test(text.charAt(form.lastIndex))) {
    const found = form.exec(text);
    if (found === null) return undefined;
    const [, double, single, escaped, bare] = found;
    pieces.push(double?.replace(/\\(["$`\\])/g, "$1") ?? single ?? escaped ?? bare ?? "");
  }
  return pieces.join("");
}

/**
 * The assignments of a file such as os-release, one a line, as a shell that reads it has them: the last of a name is its value, and a
 * line that begins with `#` is none. Nothing is expanded. A name whose value has a quote without an end is not there.
 */
export function assignments(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).flatMap(line => {
    const [, name, rest = ""] = /^[ \t]*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line) ?? [];
    const value = word(rest);
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  return new Map(lines);
}
