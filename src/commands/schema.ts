import { UsageError } from "../model/failure.ts";
import { schemaNames, schemaText } from "../results/schemas.ts";
import type { Values } from "./actions.ts";
import type { Context } from "./context.ts";

/** Prints a published JSON Schema. */
export async function schema({ arguments: [asked] }: Values, { out }: Context): Promise<number> {
  const name = schemaNames.find(one => one === asked);
  if (!name) throw new UsageError(`There is no schema "${String(asked)}"`, `There are ${schemaNames.join(", ")}`);
  out.write(schemaText(name));
  return 0;
}
