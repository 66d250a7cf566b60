import { UsageError } from "../model/failure.ts";
import { type Listing, listJson, listText, reasonCodes, scenarios, targets, workloads } from "../reporters/list.ts";
import { containerWorkloads } from "../workloads/containers/index.ts";
import { workloads as declared } from "../workloads/index.ts";
import type { Values } from "./actions.ts";
import { readCatalog } from "./catalog.ts";
import type { Context } from "./context.ts";

const lists: Readonly<Record<string, (context: Context, folder: unknown) => Promise<Listing>>> = {
  targets: async (context, folder) => targets((await readCatalog(context, folder)).targets),
  scenarios: async (context, folder) => scenarios((await readCatalog(context, folder)).scenarios),
  workloads: async () => workloads([...Object.values(declared), ...containerWorkloads]),
  codes: async () => reasonCodes(),
};

/** Prints what there is of something. */
export async function list({ arguments: [what = "targets"], options }: Values, context: Context): Promise<number> {
  const rows = lists[String(what)];
  if (!rows)
    throw new UsageError(`There is no list of "${String(what)}"`, `There are ${Object.keys(lists).join(", ")}`);
  const listing = await rows(context, options["catalog"]);
  context.out.write(options["json"] ? listJson(listing) : listText(listing));
  return 0;
}
