import { oneLine, plain, withoutLastFeeds } from "./plain.ts";

/** An underscore between letters is no markup: names such as io_uring stay readable in the source. */
const special = /[\\`*{}[\]<>()#+!|~$&@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g;

/** Without a mark that could mean something where it stands; an address or a list's number is told apart after this. */
const unmarked = /^[A-Za-z][A-Za-z0-9 .,;:'"=/%-]*$/;

/** One line of text as Markdown that shows just that text: no markup, no HTML, no link, no mention. */
export function markdown(text: string, max?: number): string {
  const line = oneLine(text, max);
  if (unmarked.test(line) && !/:\/\/|\bwww\./i.test(line)) return line;
  return line
    .replace(special, char => `&#${char.charCodeAt(0)};`)
    .replace(/:\/\//g, "&#58;//")
    .replace(/\bwww\./gi, "www&#46;")
    .replace(/^([-=])/, "\\$1")
    .replace(/^(\d+)\.(?=\s|$)/, "$1\\.");
}

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length));

/** One line of text as a code span that is also safe in a table. */
export function code(text: string, max?: number): string {
  if (max === undefined && text.length < 200 && /^[\w.:/+-]+$/.test(text)) return `\`${text}\``;
  const line = oneLine(text, max).replaceAll("|", "\\|");
  const ticks = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return line === "" ? "" : `${ticks}${pad}${line}${pad}${ticks}`;
}

/** Lines of text as a code block whose fence no line of it can close. */
export function codeBlock(text: string): string {
  const body = plain(text);
  const fence = "`".repeat(Math.max(3, longestRun(body) + 1));
  return `${fence}text\n${withoutLastFeeds(body)}\n${fence}`;
}

/** A link whose address is used only where it is plainly http or https. */
export function link(text: string, address: string): string {
  return /^https?:\/\/[^\s<>()[\]"'`|\\]+$/.test(address) ? `[${markdown(text)}](${address})` : markdown(address);
}

/** A table; cells are Markdown already. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}
