import type { Values } from "./actions.ts";
import type { Context } from "./context.ts";
import { doctor } from "./doctor.ts";
import { cacheFolder } from "./folders.ts";
import { thisMachine } from "./machine.ts";

/** Prints what this machine has and lacks, and changes nothing. */
export async function look({ options }: Values, { env, out }: Context): Promise<number> {
  const machine = thisMachine(env);
  const folders = { cache: cacheFolder(env), results: process.cwd() };
  const { text, exit } = await doctor({ machine, json: options["json"] === true, folders });
  out.write(text);
  return exit;
}
