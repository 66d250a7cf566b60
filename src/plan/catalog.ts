import * as z from "zod";
import { CatalogError } from "../model/failure.ts";
import { Scenario } from "../model/scenario.ts";
import { Target } from "../model/target.ts";
import { JsonError, type LocatedJson, locatedJson } from "./json.ts";
import { type KeysSchema, schemaTroubles, type Trouble } from "./schema-trouble.ts";
import { targetTroubles } from "./target-trouble.ts";

export interface CatalogFile {
  /** As people know it: `images/debian-13.json`. */
  readonly path: string;
  readonly text: string;
}

/** Every target and every scenario there is, in the order of their ids. */
export interface Catalog {
  readonly targets: readonly Target[];
  readonly scenarios: readonly Scenario[];
  /** What is worth knowing and keeps nothing from running. */
  readonly notes: readonly string[];
}

interface Row {
  readonly id: string;
}
interface Read<T extends Row> {
  readonly file: CatalogFile;
  readonly row: T;
  readonly json: LocatedJson;
}

const path = (steps: readonly PropertyKey[]): string => steps.map(String).join(".");

function placed({ path: file }: CatalogFile, json: LocatedJson, { path: steps, what }: Trouble): string {
  return `${file}:${json.at(steps)}: ${steps.length > 0 ? `${path(steps)}: ` : ""}${what}`;
}

/** What some editors begin a file with, to say that it is UTF-8: JSON has none, and no editor counts it as a column. */
const withoutMark = (text: string): string => text.replace(/^\uFEFF/, "");

/** The row of one file, or what is wrong with it. */
function read<T extends Row>(schema: z.ZodType<T>, file: CatalogFile): Read<T> | string[] {
  try {
    const json = locatedJson(withoutMark(file.text));
    const { success, data, error } = schema.safeParse(json.value);
    if (success) return { file, row: data, json };
    const keys = z.toJSONSchema(schema, { io: "input" }) as KeysSchema;
    return schemaTroubles(error.issues, json.value, keys).map(trouble => placed(file, json, trouble));
  } catch (error) {
    if (error instanceof JsonError) return [`${file.path}:${error.message}`];
    throw error;
  }
}

const stem = (file: CatalogFile): string => file.path.replace(/^.*\//, "").replace(/\.json$/, "");

function nameTroubles<T extends Row>(all: readonly Read<T>[]): string[] {
  return all.flatMap(({ file, row, json }, index) => {
    const first = all.find(one => one.row.id === row.id);
    const twice = first && all.indexOf(first) < index ? [`${first.file.path} has the same id`] : [];
    const other = row.id === stem(file) ? [] : [`is not the file's name, ${JSON.stringify(stem(file))}`];
    return [...twice, ...other].map(what => placed(file, json, { path: ["id"], what }));
  });
}

function readAll<T extends Row>(schema: z.ZodType<T>, files: readonly CatalogFile[]) {
  const seen = files.map(file => read(schema, file));
  const all = seen.filter((one): one is Read<T> => !Array.isArray(one));
  const troubles = [...seen.filter(one => Array.isArray(one)).flat(), ...nameTroubles(all)];
  return { all: all.sort((a, b) => (a.row.id < b.row.id ? -1 : 1)), troubles };
}

/** The rows of a folder of one kind, in the order of their ids. Throws CatalogError with everything that is wrong. */
export function rows<T extends Row>(schema: z.ZodType<T>, files: readonly CatalogFile[]): readonly T[] {
  const { all, troubles } = readAll(schema, files);
  if (troubles.length > 0) throw new CatalogError(troubles.join("\n"), "Schemas: kata-verify schema os-facts");
  return all.map(({ row }) => row);
}

/** Days are compared as ISO dates; `today` is one. */
function endedNotes(targets: readonly Target[], today: string): string[] {
  return targets
    .filter(({ endOfLife }) => endOfLife !== undefined && endOfLife < today)
    .map(({ id, endOfLife }) => `${id}: its end of life was ${endOfLife}`);
}

/**
 * The catalog that the files make. Throws one CatalogError with everything that is wrong, a line each: file, line and
 * column, path in the file, and what was expected.
 */
export function catalog(
  files: { readonly targets: readonly CatalogFile[]; readonly scenarios: readonly CatalogFile[] },
  today: string,
): Catalog {
  const scenarios = readAll(Scenario, files.scenarios);
  const targets = readAll(Target, files.targets);
  const ids = scenarios.all.map(({ row }) => row.id);
  const odd = targets.all.flatMap(({ file, row, json }) =>
    targetTroubles(row, ids).map(trouble => placed(file, json, trouble)),
  );
  const troubles = [...scenarios.troubles, ...targets.troubles, ...odd];
  if (troubles.length > 0) {
    throw new CatalogError(troubles.join("\n"), "Schemas: kata-verify schema target, kata-verify schema scenario");
  }
  const known = targets.all.map(({ row }) => row);
  return { targets: known, scenarios: scenarios.all.map(({ row }) => row), notes: endedNotes(known, today) };
}
