import { styleText } from "node:util";
import { type Paint, unpainted } from "../reporters/text/paint.ts";

/** Colours where the stream shows them: a terminal, NO_COLOR and FORCE_COLOR heeded. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  const colours = typeof stream.hasColors === "function" ? stream.hasColors() : Boolean(process.env["FORCE_COLOR"]);
  return colours ? (style, text) => styleText(style, text, { validateStream: false }) : unpainted;
}
