import * as z from "zod";
import { UsageError } from "../model/failure.ts";
import { JsonError, locatedJson } from "../plan/json.ts";
import { excerpt, plain } from "../reporters/text/plain.ts";

/** Levels of a JSON value; the deepest that a run writes has about ten. */
const depthMax = 100;

function deeperThan(limit: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return limit === 0 || Object.values(value).some(one => deeperThan(limit - 1, one));
}

const hint = "It must be what kata-verify wrote, unchanged; kata-verify schema prints its schema";

/** What `wrong` says of a file of results, in a form that cannot harm a terminal. */
export const unusable = (path: string, wrong: unknown): UsageError => {
  if (wrong instanceof JsonError) return new UsageError(`${path}:${plain(wrong.message)}`, hint);
  const said = wrong instanceof z.ZodError ? z.prettifyError(wrong) : wrong instanceof Error ? wrong.message : wrong;
  return new UsageError(`${path} cannot be used: ${plain(excerpt(String(said), 2000))}`, hint);
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // Each Node says it in other words, and most without the place.
    locatedJson(text);
    throw cause;
  }
}

/** JSON that is no deeper than what a run writes. Throws JsonError for what is none, SyntaxError for what is deeper. */
export function parseJson(text: string): unknown {
  const json = parsed(text);
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
