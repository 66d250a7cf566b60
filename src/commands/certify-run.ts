import { join } from "node:path";
import type { PinnedList } from "../bundle/required.ts";
import { readRequired } from "../bundle/required.ts";
import { readPins } from "../images/kata/pins.ts";
import { UsageError } from "../model/failure.ts";
import type { Values } from "./actions.ts";
import type { CertifyOptions } from "./certify-options.ts";
import type { Context } from "./context.ts";
import { requestOf } from "./request.ts";
import { verify } from "./verify.ts";

/** The list of the release that is asked for, or of the one that `--kata release` means. Rejects with UsageError. */
export async function requiredList(
  { release }: CertifyOptions,
  { root }: Context,
  lists: readonly PinnedList[],
): Promise<PinnedList> {
  const kata = release ?? (await readPins(root)).version;
  const found = lists.find(({ list }) => list.kata === kata);
  if (found) return found;
  const known = lists.map(({ list }) => list.kata).join(", ");
  throw new UsageError(`There is no list of what Kata ${kata} requires`, `There are lists for ${known}`);
}

/** What a certificate leaves no choice of. */
const strict = { tier: "kata", require: "kvm", workloads: "gating", withPackage: [] };

/** Runs what the list requires, as verify would. Resolves to its exit code and to the folder of the target's results. */
export async function runRequired(
  target: string,
  options: CertifyOptions,
  values: Values,
  context: Context,
): Promise<{ readonly exit: number; readonly results: string }> {
  if (options.contact === undefined)
    throw new UsageError("--contact is missing", "Say whom to ask: --contact you@example.org, or a page");
  const { list } = await requiredList(options, context, await readRequired(context.root));
  const asked: Values = {
    command: "verify",
    arguments: [[target]],
    options: { ...values.options, ...strict, json: false },
  };
  const scenario = list.scenarios[requestOf(asked).arch]?.map(one => one.scenario.id);
  if (scenario === undefined)
    throw new UsageError(
      `Kata ${list.kata} has no list for ${requestOf(asked).arch}`,
      `There are lists for ${Object.keys(list.scenarios).join(", ")}`,
    );
  // Standard output is for what comes of the bundle.
  const shown = options.json ? { ...context, out: context.err } : context;
  const exit = await verify({ ...asked, options: { ...asked.options, scenario } }, shown);
  return { exit, results: join(String(values.options["out"]), target) };
}
