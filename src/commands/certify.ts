import { exits } from "../judge/exit.ts";
import type { Values } from "./actions.ts";
import { checkSubmitted } from "./certify-check.ts";
import { bundleResults } from "./certify-from.ts";
import { certifyOptions } from "./certify-options.ts";
import { runRequired } from "./certify-run.ts";
import type { Context } from "./context.ts";

/** Makes a bundle of a run that is made for it or was made before, or checks one. Resolves to the exit code. */
export async function certify(values: Values, context: Context): Promise<number> {
  const { way, options } = certifyOptions(values);
  if (way.kind === "check") return checkSubmitted(way.bundle, options, values, context);
  if (way.kind === "from") return bundleResults(way.results, options, values, context);
  const { exit, results } = await runRequired(way.target, options, values, context);
  if (exit === exits.ok) return bundleResults(results, options, values, context);
  context.err.write("kata-verify: no bundle was written\n");
  return exit;
}
