import { UsageError } from "../model/failure.ts";
import { codes } from "../model/reason.ts";
import { refusals } from "../model/refusal.ts";
import { allScenarios } from "../plan/cells.ts";
import type { Values } from "./actions.ts";
import { readCatalog } from "./catalog.ts";
import { completion, type Shell } from "./completion.ts";
import type { Context } from "./context.ts";

const shells: readonly Shell[] = ["bash", "zsh", "fish"];

/** Prints a shell's completions, with the names that the catalog has now. */
export async function complete({ arguments: [asked] }: Values, context: Context): Promise<number> {
  const shell = shells.find(one => one === asked);
  if (shell === undefined)
    throw new UsageError(`There is no completion for "${asked}"`, `There are ${shells.join(", ")}`);
  const { targets, scenarios } = await readCatalog(context);
  const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);
  const names = {
    targets: ids(targets),
    scenarios: [...ids(scenarios), allScenarios],
    codes: Object.keys({ ...codes, ...refusals }),
  };
  context.out.write(completion(shell, names));
  return 0;
}
