import { planCells } from "../plan/cells.ts";
import { githubMatrix } from "../plan/github.ts";
import { planRows, planText } from "../reporters/plan.ts";
import type { Values } from "./actions.ts";
import { readCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";
import { cacheFolder } from "./folders.ts";
import { requestOf } from "./request.ts";
import { knownRunner } from "./runner.ts";

/** Prints what verify would do, and why; nothing is opened or booted for it. */
export async function plan(values: Values, context: Context): Promise<number> {
  const { options } = values;
  const catalog = await readCatalog(context, options["catalog"]);
  const cells = planCells(catalog, requestOf(values), await knownRunner(cacheFolder(context.env)));
  if (options["github"]) context.out.write(`${JSON.stringify(githubMatrix(cells))}\n`);
  else if (options["json"]) context.out.write(`${JSON.stringify(planRows(cells), null, 2)}\n`);
  else context.out.write(planText(cells, catalog.notes));
  return 0;
}
