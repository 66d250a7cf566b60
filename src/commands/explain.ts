import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../model/failure.ts";
import { Code, codes } from "../model/reason.ts";
import { RefusalCode } from "../model/refusal.ts";
import { nearest } from "../plan/nearest.ts";
import { explain as explained } from "../reporters/explain.ts";
import { explainedRefusal, refusalJson } from "../reporters/explain-refusal.ts";
import type { Values } from "./actions.ts";
import type { Context } from "./context.ts";

/** Prints what a reason code means, or that of a refused bundle: how the harness knows, and what to do. */
export async function explain({ arguments: [asked], options }: Values, { root, out }: Context): Promise<number> {
  const ofBundle = RefusalCode.safeParse(asked);
  if (ofBundle.success) {
    const page = await readFile(join(root, "docs", "refusals.md"), "utf8");
    out.write(options["json"] ? refusalJson(ofBundle.data, page) : explainedRefusal(ofBundle.data, page));
    return 0;
  }
  const { success, data: code } = Code.safeParse(asked);
  if (!success) {
    const names = nearest(String(asked), [...Code.options, ...RefusalCode.options]).join(", ");
    throw new UsageError(`There is no code "${String(asked)}"`, `Nearest: ${names}. All: kata-verify list codes`);
  }
  const page = await readFile(join(root, "docs", "codes", `${code}.md`), "utf8");
  out.write(options["json"] ? `${JSON.stringify({ code, ...codes[code], page }, null, 2)}\n` : explained(code, page));
  return 0;
}
