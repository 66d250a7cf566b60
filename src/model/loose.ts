import * as z from "zod";

/** A schema made of others keeps everything of its own: checks, description. */
const own = { parent: true };

function loosened(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodObject) {
    const shape = Object.entries(schema.shape).map(([key, value]) => [key, loosened(value)] as const);
    return schema.clone({ ...schema.def, shape: Object.fromEntries(shape), catchall: z.unknown() }, own);
  }
  if (schema instanceof z.ZodRecord)
    return schema.clone({ ...schema.def, keyType: z.string(), valueType: loosened(schema.def.valueType) }, own);
  if (schema instanceof z.ZodArray) return schema.clone({ ...schema.def, element: loosened(schema.def.element) }, own);
  if (schema instanceof z.ZodUnion)
    return schema.clone({ ...schema.def, options: schema.def.options.map(loosened) }, own);
  if (schema instanceof z.ZodOptional)
    return schema.clone({ ...schema.def, innerType: loosened(schema.def.innerType) }, own);
  if (schema instanceof z.ZodDefault)
    return schema.clone({ ...schema.def, innerType: loosened(schema.def.innerType) }, own);
  return schema;
}

/**
 * The form of a strict schema that reads what another version of it wrote: keys that it does not know are kept, at every
 * depth, in objects and in records; what it knows is asked as before.
 */
export const loose = <T extends z.ZodType>(schema: T): T => loosened(schema) as z.core.$ZodType as T;
