import { rememberedPreflight } from "../testbeds/vm/remembered.ts";
import type { Values } from "./actions.ts";
import type { Context } from "./context.ts";
import { doctor } from "./doctor.ts";
import { cacheFolder } from "./folders.ts";
import { thisMachine } from "./machine.ts";

/** Prints what this machine has and lacks, and changes nothing. */
export async function look({ options }: Values, { env, out }: Context): Promise<number> {
  const machine = thisMachine(env);
  const cache = cacheFolder(env);
  const folders = { cache, results: process.cwd() };
  const preflight = await rememberedPreflight(cache);
  const { text, exit } = await doctor({ machine, json: options["json"] === true, folders, preflight });
  out.write(text);
  return exit;
}
