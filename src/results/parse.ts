import * as z from "zod";
import { UsageError } from "../model/failure.ts";
import { excerpt, plain } from "../reporters/text/plain.ts";

/** Levels of a JSON value; the deepest that a run writes has about ten. */
const depthMax = 100;

function deeperThan(limit: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return limit === 0 || Object.values(value).some(one => deeperThan(limit - 1, one));
}

/** What `wrong` says of a file of results, in a form that cannot harm a terminal. */
export const unusable = (path: string, wrong: unknown): UsageError => {
  const said = wrong instanceof z.ZodError ? z.prettifyError(wrong) : wrong instanceof Error ? wrong.message : wrong;
  return new UsageError(
    `${path} cannot be used: ${plain(excerpt(String(said), 2000))}`,
    "It must be what kata-verify wrote, unchanged; kata-verify schema prints its schema",
  );
};

/** JSON that is no deeper than what a run writes. Throws SyntaxError. */
export function parseJson(text: string): unknown {
  const json: unknown = JSON.parse(text);
  if (deeperThan(depthMax, json)) throw new SyntaxError(`nested deeper than ${depthMax} levels`);
  return json;
}

/** Parses a file of results. Throws UsageError with the file and the place in it. */
export function parseFile<T extends z.ZodType>(schema: T, path: string, text: string): z.infer<T> {
  try {
    return schema.parse(parseJson(text));
  } catch (wrong) {
    throw unusable(path, wrong);
  }
}
