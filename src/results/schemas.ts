import * as z from "zod";
import { BundleManifest } from "../model/bundle.ts";
import { Evidence, JournalLine } from "../model/evidence.ts";
import { Matrix } from "../model/matrix.ts";
import { OsFacts, Osinfo } from "../model/osinfo.ts";
import { Code } from "../model/reason.ts";
import { Scenario } from "../model/scenario.ts";
import { Target } from "../model/target.ts";
import { Verdict } from "../model/verdict.ts";
import { Manifest } from "./save.ts";

export const schemaNames = [
  "target",
  "scenario",
  "verdict",
  "evidence",
  "journal",
  "manifest",
  "matrix",
  "os-facts",
  "osinfo",
  "bundle",
] as const;
export type SchemaName = (typeof schemaNames)[number];
export type JsonSchema = Readonly<Record<string, unknown>>;

type Override = NonNullable<Parameters<typeof z.toJSONSchema>[1]>["override"];

/** Formats that JSON Schema knows; zod also says "starts_with" and the like, beside the pattern that does it. */
const formats = new Set(["date", "date-time", "uri"]);

const known: Override = ({ jsonSchema }) => {
  if (jsonSchema.format !== undefined && !formats.has(jsonSchema.format)) delete jsonSchema.format;
};

/** For what people write: strict, defaults may be left out. */
const written = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: "input", override: known });

/** For what we publish to readers: a later version may add fields, and codes of its own, and what was valid stays valid. */
const loosened: Override = context => {
  known(context);
  const { zodSchema, jsonSchema } = context;
  delete jsonSchema.propertyNames;
  if (zodSchema !== Code) return;
  const codes = jsonSchema.enum ?? [];
  delete jsonSchema.type;
  delete jsonSchema.enum;
  jsonSchema.anyOf = [
    { type: "string", enum: codes },
    { type: "string", pattern: "^[a-z]+\\.[a-z0-9-]+$" },
  ];
};

const read = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: "input", override: loosened });

const made: Readonly<Record<SchemaName, { readonly title: string; readonly schema: () => JsonSchema }>> = {
  target: { title: "A distro release under test: images/<id>.json", schema: () => written(Target) },
  scenario: { title: "What is put together and exercised: scenarios/<id>.json", schema: () => written(Scenario) },
  verdict: { title: "All cells of one target in one run: verdict.json", schema: () => read(Verdict) },
  evidence: { title: "Everything that was seen of one cell: evidence.json", schema: () => read(Evidence) },
  journal: { title: "One line of journal.ndjson", schema: () => read(JournalLine) },
  manifest: { title: "What each package brought: manifest.json", schema: () => read(Manifest) },
  matrix: { title: "What distros were seen to support: matrix.json", schema: () => read(Matrix) },
  "os-facts": { title: "What is known by hand of a release: osinfo/<id>.json", schema: () => written(OsFacts) },
  osinfo: { title: "What is known of distro releases", schema: () => read(Osinfo) },
  bundle: {
    title: "What a bundle claims, and all its files: manifest.json at its root",
    schema: () => read(BundleManifest),
  },
};

/** The JSON Schema (2020-12) of that name, with an `$id` of its own. */
export function publishedSchema(name: SchemaName): JsonSchema {
  const { $schema, ...rest } = made[name].schema();
  return { $schema, $id: `urn:kata-verify:schema:${name}:1`, title: made[name].title, ...rest };
}

/** Every published schema, by name. */
export function publishedSchemas(): Readonly<Record<SchemaName, JsonSchema>> {
  return Object.fromEntries(schemaNames.map(name => [name, publishedSchema(name)])) as Record<SchemaName, JsonSchema>;
}

/** As it stands in schemas/<name>.schema.json and as `kata-verify schema NAME` prints it. */
export const schemaText = (name: SchemaName): string => `${JSON.stringify(publishedSchema(name), null, 2)}\n`;
