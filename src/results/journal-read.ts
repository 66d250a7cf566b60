import * as z from "zod";
import { JournalLine } from "../model/evidence.ts";
import { link } from "./journal.ts";
import { parseJson } from "./parse.ts";

/** A journal that cannot be what a run wrote. `line` counts from 1. */
export class JournalBroken extends Error {
  override readonly name = "JournalBroken";
  readonly line: number;
  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

function parse(text: string, line: number): JournalLine {
  const json = ((): unknown => {
    try {
      return parseJson(text);
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause);
      throw new JournalBroken(line, `not JSON, ${said.replace(/^1:(?=\d)/, "column ")}`);
    }
  })();
  const parsed = JournalLine.safeParse(json);
  if (!parsed.success) throw new JournalBroken(line, z.prettifyError(parsed.error));
  return parsed.data;
}

/**
 * Reads a journal and proves its chain. A last line without its line feed was being written when the run was killed: it is left
 * out, and `torn` is true. Throws JournalBroken for anything else that is wrong.
 */
export function readJournal(text: string): { readonly lines: readonly JournalLine[]; readonly torn: boolean } {
  const texts = text.split("\n");
  const torn = texts.pop() !== "";
  const lines = texts.map((one, index) => {
    const number = index + 1;
    const line = parse(one, number);
    if (line.seq !== number) throw new JournalBroken(number, `seq is ${line.seq}, expected ${number}`);
    if (line.prev !== link(texts[index - 1] ?? ""))
      throw new JournalBroken(number, "the chain is broken: prev is not the SHA-256 of the line before");
    return line;
  });
  return { lines, torn };
}
