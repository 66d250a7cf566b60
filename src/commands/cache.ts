import * as z from "zod";
import { listCache, overLimits, type PruneLimits, pruneCache } from "../images/cache.ts";
import { type Listing, listJson, listText } from "../reporters/list.ts";
import { connectEngine } from "../testbeds/engine/connect.ts";
import { listMade, removeMade } from "../testbeds/vm/prune.ts";
import type { Values } from "./actions.ts";
import type { Context } from "./context.ts";
import { cacheFolder } from "./folders.ts";
import { parsed } from "./values.ts";

const CacheOptions = z.object({
  maxAge: z
    .string()
    .regex(/^[0-9]{1,4}$/, "a number of days")
    .transform(Number),
  maxSize: z
    .string()
    .regex(/^[0-9]{1,5}$/, "a number of GiB")
    .transform(Number),
  json: z.boolean().default(false),
});

const gib = 2 ** 30;

interface Row {
  readonly kind: string;
  readonly key: string;
  readonly of?: string;
  readonly sizeBytes: number;
  readonly usedAt: string;
}

const shown = (rows: readonly Row[]): Listing =>
  rows.map(({ kind, key, of = "", sizeBytes, usedAt }) => ({
    kind,
    key: key.slice(0, 12),
    of,
    size: `${(sizeBytes / gib).toFixed(2)} GiB`,
    used: usedAt,
  }));

/** Removes what is over the limits, images and files each by their own sum; resolves to what was removed. */
async function prune(folder: string, limits: PruneLimits, { env }: Context): Promise<Row[]> {
  const engine = await connectEngine({ DOCKER_HOST: env["DOCKER_HOST"], XDG_RUNTIME_DIR: env["XDG_RUNTIME_DIR"] });
  const { rows } = await pruneCache(engine, { folder }, limits);
  const removed: Row[] = [...rows];
  for (const row of overLimits(await listMade(folder), limits, new Date()))
    if (await removeMade(folder, row)) removed.push(row);
  return removed;
}

/** Lists what is kept for later runs, or removes what is old, or all. */
export async function cache(values: Values, context: Context): Promise<number> {
  const { maxAge, maxSize, json } = parsed(CacheOptions, values);
  const [action = "list"] = values.arguments;
  const folder = cacheFolder(context.env);
  const limits = action === "clear" ? { maxBytes: 0 } : { maxAgeDays: maxAge, maxBytes: maxSize * gib };
  const rows: Row[] =
    action === "list"
      ? [...(await listCache({ folder })), ...(await listMade(folder))]
      : await prune(folder, limits, context);
  context.out.write(json ? listJson(shown(rows)) : listText(shown(rows)));
  if (!json && action !== "list") context.err.write(`Removed ${rows.length} of them from ${folder}\n`);
  return 0;
}
