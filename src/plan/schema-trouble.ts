import type * as z from "zod";

/** What is wrong with a value, and where in it. */
export interface Trouble {
  readonly path: readonly PropertyKey[];
  readonly what: string;
}

/** The part of a JSON Schema that says which keys an object may have. */
export interface KeysSchema {
  readonly properties?: Readonly<Record<string, KeysSchema>>;
  readonly propertyNames?: { readonly enum?: readonly string[] };
  readonly additionalProperties?: KeysSchema | boolean;
  readonly items?: KeysSchema;
  readonly anyOf?: readonly KeysSchema[];
}

type Issue = z.core.$ZodIssue;

function below(schema: KeysSchema, step: PropertyKey): readonly KeysSchema[] {
  const { properties, additionalProperties, items, anyOf = [] } = schema;
  const named = typeof step === "string" ? properties?.[step] : items;
  const rest = typeof additionalProperties === "object" ? additionalProperties : undefined;
  return [named ?? rest, ...anyOf.flatMap(one => below(one, step))].filter(one => one !== undefined);
}

function keysAt(schema: KeysSchema, path: readonly PropertyKey[]): string[] {
  const schemas = path.reduce<readonly KeysSchema[]>((all, step) => all.flatMap(one => below(one, step)), [schema]);
  const keys = schemas
    .flatMap(one => [one, ...(one.anyOf ?? [])])
    .flatMap(one => one.propertyNames?.enum ?? Object.keys(one.properties ?? {}));
  return [...new Set(keys)].filter(key => key !== "$schema");
}

const list = (words: readonly unknown[]): string => words.map(word => JSON.stringify(word)).join(", ");

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inside, step) => (inside !== null && typeof inside === "object" ? Reflect.get(inside, step) : undefined),
    value,
  );
}

function said(issue: Issue, value: unknown): string {
  const found = valueAt(value, issue.path);
  if (found === undefined) return "is missing";
  const given = `found ${JSON.stringify(found).slice(0, 80)}`;
  if (issue.code === "invalid_value") return `expected one of ${list(issue.values)}, ${given}`;
  if (issue.code === "invalid_type") return `expected ${issue.expected}, ${given}`;
  if (issue.code === "invalid_format") return `expected ${issue.message.replace(/^Invalid /, "")}, ${given}`;
  return `${issue.message}, ${given}`;
}

/** A union says only that nothing fitted: the branch that came nearest is what was meant. */
function nearestBranch(errors: readonly (readonly Issue[])[]): readonly Issue[] {
  const cost = (issues: readonly Issue[]) =>
    issues.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? issue.keys.length : 1), 0);
  return errors.reduce((best, one) => (cost(one) < cost(best) ? one : best), errors[0] ?? []);
}

/** What zod found, in terms of the file: what was expected, and which keys there are. */
export function schemaTroubles(issues: readonly Issue[], value: unknown, schema: KeysSchema): Trouble[] {
  return issues.flatMap((issue): Trouble[] => {
    if (issue.code === "invalid_union") {
      const nested = nearestBranch(issue.errors).map(one => ({ ...one, path: [...issue.path, ...one.path] }));
      return schemaTroubles(nested, value, schema);
    }
    const unknown = (path: readonly PropertyKey[], key: PropertyKey): Trouble => ({
      path: [...path, key],
      what: `unknown key, expected one of ${list(keysAt(schema, path))}`,
    });
    if (issue.code === "unrecognized_keys") return issue.keys.map(key => unknown(issue.path, key));
    if (issue.code === "invalid_key") return [unknown(issue.path.slice(0, -1), issue.path.at(-1) ?? "")];
    return [{ path: issue.path, what: said(issue, value) }];
  });
}
