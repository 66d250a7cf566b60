import type { CellVerdict } from "../../model/verdict.ts";
import { Tier } from "../../model/words.ts";

/** The command that runs a cell again. */
export function reproduce(target: string, cell: CellVerdict): string {
  const tier = Tier.options.filter(one => cell.tiers[one] !== undefined).at(-1);
  const options = [`--scenario ${cell.scenario}`, `--arch ${cell.arch}`];
  if (tier) options.push(`--tier ${tier}`);
  if (cell.testbed) options.push(`--testbed ${cell.testbed}`);
  return `npm run verify -- ${target} ${options.join(" ")}`;
}
