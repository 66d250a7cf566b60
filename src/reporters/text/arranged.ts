import * as z from "zod";

type Arrange = (value: unknown) => unknown;

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Objects with the keys of `known` first, in its order, then the others by code unit. */
function keyed(known: ReadonlyMap<string, Arrange>, other: Arrange): Arrange {
  return value => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return unknown(value);
    const from = new Map<string, unknown>(Object.entries(value));
    const arranged: [string, unknown][] = [];
    for (const [key, arrange] of known) if (from.has(key)) arranged.push([key, arrange(from.get(key))]);
    const others = [...from.keys()].filter(key => !known.has(key)).sort(byCodeUnit);
    return Object.fromEntries([...arranged, ...others.map((key): [string, unknown] => [key, other(from.get(key))])]);
  };
}

function unknown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unknown);
  return typeof value === "object" && value !== null ? keyed(new Map(), unknown)(value) : value;
}

function union(options: readonly z.core.$ZodType[]): Arrange {
  const arranges = options.map(option => ({ option: option as z.ZodType, arrange: arranger(option) }));
  return value => (arranges.find(one => one.option.safeParse(value).success)?.arrange ?? unknown)(value);
}

function arranger(schema: z.core.$ZodType): Arrange {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return arranger(schema.unwrap());
  if (schema instanceof z.ZodUnion) return union(schema.options);
  if (schema instanceof z.ZodArray) {
    const element = arranger(schema.element);
    return value => (Array.isArray(value) ? value.map(element) : unknown(value));
  }
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries<z.core.$ZodType>(schema.shape);
    return keyed(new Map(shape.map(([key, inner]) => [key, arranger(inner)])), unknown);
  }
  if (schema instanceof z.ZodRecord) {
    const inner = arranger(schema.valueType);
    const keys = schema.keyType instanceof z.ZodEnum ? schema.keyType.options.map(String) : [];
    return keyed(new Map(keys.map(key => [key, inner])), inner);
  }
  return unknown;
}

/**
 * Writes values of a schema as JSON that is the same text for equal values, however they were put together: keys in the order of the
 * schema, those that it does not know after them by code unit, two spaces, a line feed at the end.
 */
export function arrangedJson(schema: z.ZodType): (value: unknown) => string {
  const arrange = arranger(schema);
  return value => `${JSON.stringify(arrange(value), null, 2)}\n`;
}
