import { hostname } from "node:os";
import type { Terms } from "../bundle/check.ts";
import { publicKey } from "../bundle/keys.ts";
import { readRequired } from "../bundle/required.ts";
import { type Exit, exits } from "../judge/exit.ts";
import { UsageError } from "../model/failure.ts";
import { type Meaning, type Refusal, refusals } from "../model/refusal.ts";
import { readFileSafely } from "../results/read-file.ts";
import { tellingNames } from "../results/secrets.ts";
import type { Values } from "./actions.ts";
import { readCatalog } from "./catalog.ts";
import type { CertifyOptions } from "./certify-options.ts";
import type { Context } from "./context.ts";

declare const BUILD: { readonly version: string; readonly commit: string };

export const ownTool = (): Terms["tool"] => ({ name: "kata-verify", ...BUILD });

/** A run a line; words after it, and lines that begin with `#`, are for people. */
async function runsIn(path: string | undefined): Promise<ReadonlySet<string>> {
  if (path === undefined) return new Set();
  const text = await readFileSafely(path);
  if (text === undefined) throw new UsageError(`--known ${path}: there is no such file`, "Make it, empty at first");
  return new Set(text.split("\n").map(line => line.split(/\s/)[0] ?? ""));
}

/** What a bundle is held to, here and now. `key` is that of --key where a bundle is checked. */
export async function termsOf(options: CertifyOptions, values: Values, context: Context): Promise<Terms> {
  const { targets } = await readCatalog(context, values.options["catalog"]);
  const words = JSON.stringify(targets.map(({ id }) => id));
  return {
    tool: ownTool(),
    targets,
    lists: await readRequired(context.root),
    requireKvm: options.require === "kvm",
    key: options.check !== undefined && options.key !== undefined ? await publicKey(options.key) : undefined,
    names: tellingNames(hostname(), words),
    now: context.clock(),
    maxAgeDays: options.maxAge,
    challenge: options.challenge,
    known: await runsIn(options.known),
  };
}

const meant: Readonly<Record<Meaning, Exit>> = {
  unusable: exits.usage,
  false: exits.unsupported,
  untold: exits.inconclusive,
};

/** A bundle that cannot be used proves nothing, so that comes before a claim that is false, and that before what nobody could tell. */
export function exitOf(found: readonly Refusal[]): Exit {
  const order: readonly Exit[] = [exits.usage, exits.unsupported, exits.inconclusive];
  const all = found.map(({ code }) => meant[refusals[code].meaning]);
  return order.find(exit => all.includes(exit)) ?? exits.ok;
}
