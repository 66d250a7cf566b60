import * as z from "zod";

type Arrange = (value: unknown) => unknown;

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Keys in the order of `names` come before the others, and those by code unit. */
function sorted(names: readonly string[], keys: readonly string[]): string[] {
  const ranks = new Map(names.map((name, rank) => [name, rank]));
  const rank = (key: string): number => ranks.get(key) ?? names.length;
  return [...keys].sort((a, b) => rank(a) - rank(b) || byCodeUnit(a, b));
}

/** Objects with the keys of `known` first, in its order. What is in order already, as most of it is, is given back as it is. */
function keyed(known: ReadonlyMap<string, Arrange>, other: Arrange): Arrange {
  const names = [...known.keys()];
  return value => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return unknown(value);
    const had = value as Readonly<Record<string, unknown>>;
    const keys = Object.keys(had);
    const arranged = new Map<string, unknown>();
    for (const key of keys) {
      const one = had[key];
      const made = (known.get(key) ?? other)(one);
      if (made !== one) arranged.set(key, made);
    }
    const wanted = keys.every((key, at) => key === names[at]) ? keys : sorted(names, keys);
    if (arranged.size === 0 && wanted.every((key, at) => key === keys[at])) return value;
    return Object.fromEntries(wanted.map(key => [key, arranged.has(key) ? arranged.get(key) : had[key]]));
  };
}

const anything = keyed(new Map(), one => unknown(one));

function list(element: Arrange): Arrange {
  return value => {
    if (!Array.isArray(value)) return unknown(value);
    const arranged = value.map(element);
    return arranged.every((one, at) => one === value[at]) ? value : arranged;
  };
}

const anyList = list(one => unknown(one));

function unknown(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? anyList(value) : anything(value);
}

function union(options: readonly z.core.$ZodType[]): Arrange {
  const arranges = options.map(option => ({ option: option as z.ZodType, arrange: arranger(option) }));
  return value => (arranges.find(one => one.option.safeParse(value).success)?.arrange ?? unknown)(value);
}

function arranger(schema: z.core.$ZodType): Arrange {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return arranger(schema.unwrap());
  if (schema instanceof z.ZodUnion) return union(schema.options);
  if (schema instanceof z.ZodArray) return list(arranger(schema.element));
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
