import { createHash } from "node:crypto";

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** JSON with the names of objects in code unit order, so that equal values are equal text. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).flatMap(([name, one]) =>
    one === undefined ? [] : [`${JSON.stringify(name)}:${canonical(one)}`],
  );
  return `{${pairs.sort().join(",")}}`;
}

/** 64 hexadecimal digits that name everything that went in. */
export function keyOf(value: Json): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}
