import { loose } from "../model/loose.ts";
import { type Refusal, refusal } from "../model/refusal.ts";
import { Target } from "../model/target.ts";
import { oneLine } from "../reporters/text/plain.ts";
import { differences } from "../results/differences.ts";
import type { BundledCell } from "./contents.ts";

const LooseTarget = loose(Target);

/** What decides what was tested and how: all but what is for people, for the plan and for the exit code, which may change with time. */
function decisive(target: Target): object {
  const { $schema, title, sources, maintainers, knownIssues, endOfLife, arches, image, ...rest } = target;
  return { ...rest, image: image.reference };
}

/** Where evidence is not of the target that the catalog has under its name. */
export function catalogRefusals(cells: readonly BundledCell[], targets: readonly Target[]): Refusal[] {
  return cells.flatMap(({ folder, evidence }) => {
    const { target } = evidence.cell;
    const own = targets.find(({ id }) => id === target.id);
    if (own === undefined) return [refusal("catalog.unknown", target.id)];
    const where = differences(decisive(own), decisive(LooseTarget.parse(target)));
    return where === "" ? [] : [refusal("catalog.differs", `${folder}: ${oneLine(where, 300)}`)];
  });
}
