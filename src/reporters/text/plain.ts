/**
 * Escape sequences of ECMA-48: a control sequence; a string, such as a window's title, to its end on the same line; any
 * other. Node's own `stripVTControlCharacters` finds other ones in each of its releases, and a verdict must not; that of
 * Node 24 takes minutes for a megabyte of strings without an end.
 */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[PX\]^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u0080-\u009f\n]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]*[0-~]/g;

/** Controls but line feed and tab, marks that turn the reading direction round, and what XML 1.0 does not allow. */
const unreadable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

/**
 * Text that can do nothing but be read, whatever a console printed: no escape sequences, no controls but line feed and tab, no half
 * surrogates; carriage returns become line feeds.
 */
export function plain(text: string): string {
  if (/^[\n\t\u0020-\u007e]*$/.test(text)) return text;
  return text
    .replace(sequences, "")
    .replace(/\r\n?|[\u2028\u2029]/g, "\n")
    .replace(unreadable, "")
    .replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Without the line feeds at its end. `/\n*$/` takes time by the square of their number where text follows them. */
export function withoutLastFeeds(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 10) end -= 1;
  return text.slice(0, end);
}

/** A slice that does not cut a character in two. */
const slice = (text: string, from: number, to?: number): string => text.slice(from, to).replace(/\p{Surrogate}/gu, "");

/** Head and tail of a long text, `max` UTF-16 units in all, and how much was left out between them. */
export function excerpt(text: string, max: number): string {
  if (text.length <= max) return text;
  const head = Math.floor(max / 2);
  const tail = max - head;
  const left = text.length - head - tail;
  return `${slice(text, 0, head)}\n[… ${left} characters left out …]\n${slice(text, text.length - tail)}`;
}

/** Words with single spaces between them, as most texts of ours are: nothing is to be done to them. */
const words = /^[!-~]+(?: [!-~]+)*$/;

/** Plain text on one line, cut to `max` UTF-16 units. */
export function oneLine(text: string, max = 400): string {
  if (text.length <= max && words.test(text)) return text;
  const some = plain(excerpt(text, max * 8));
  const line = /[^\S ]| {2}|^ | $/.test(some) ? some.replace(/\s+/g, " ").trim() : some;
  return line.length <= max ? line : `${slice(line, 0, max - 1)}…`;
}
