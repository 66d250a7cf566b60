import { readFileSync } from "node:fs";

/**
 * Draws what a terminal showed, on standard input, as an SVG on standard output:
 *   FORCE_COLOR=1 npm run --silent verify -- debian-13 --tier guest 2>/dev/null | node scripts/picture.mjs > docs/pictures/run.svg
 */
const columns = 121;
const cell = { width: 8.4, height: 19 };
const margin = 16;
const colours = { 31: "#f47067", 32: "#57ab5a", 33: "#daaa3f", 35: "#b083f0", 36: "#39c5cf", 90: "#8b949e" };
const plain = "#d7dee6";

/** Spaces that do not break: SVG folds the others. */
const escaped = text =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll(" ", "\u00a0");

/** The pieces of a line with one style each; a style lasts until it is changed, also over lines. */
function pieces(line, style) {
  const found = [];
  for (const [, codes, text] of `\u001b[m${line}`
    .replace(/^\u001b\[m/, "\u001b[;m")
    .matchAll(/\u001b\[([\d;]*)m([^\u001b]*)/g)) {
    for (const code of codes.split(";").filter(Boolean).map(Number)) {
      if (code === 0) Object.assign(style, { colour: plain, bold: false });
      else if (code === 1) style.bold = true;
      else if (code === 22) style.bold = false;
      else if (code === 39) style.colour = plain;
      else if (colours[code]) style.colour = colours[code];
    }
    if (text !== "") found.push({ ...style, text });
  }
  return found;
}

function wrapped(line) {
  const width = line.replace(/\u001b\[[\d;]*m/g, "").length;
  return width > columns ? `${line.slice(0, columns + (line.length - width) - 1)}…` : line;
}

const lines = readFileSync(0, "utf8").replace(/\n+$/, "").split("\n").map(wrapped);
const style = { colour: plain, bold: false };
const rows = lines.map((line, row) => {
  const spans = pieces(line, style).map(
    ({ colour, bold, text }) => `<tspan fill="${colour}"${bold ? ' font-weight="700"' : ""}>${escaped(text)}</tspan>`,
  );
  return `<text x="${margin}" y="${margin + (row + 1) * cell.height - 5}">${spans.join("")}</text>`;
});
const width = margin * 2 + columns * cell.width;
const height = margin * 2 + lines.length * cell.height;
console.log(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<rect width="100%" height="100%" rx="8" fill="#1c2128"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,DejaVu Sans Mono,monospace" font-size="14" style="white-space:pre">
${rows.join("\n")}
</g>
</svg>`);
