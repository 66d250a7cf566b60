import { checkIds } from "../judge/checks.ts";
import type { Target } from "../model/target.ts";
import { nearest } from "./nearest.ts";
import type { Trouble } from "./schema-trouble.ts";

/** The keys that tell one package manager's repositories from another's. */
const repositoryKey = { apt: "suite", dnf: "id" } as const;

/** What no schema of single values can see: parts of a target that contradict each other. */
export function targetTroubles(target: Target, scenarios: readonly string[]): Trouble[] {
  const { arches, bootstrap, knownIssues, packageManager, packages, repositories } = target;
  const key = repositoryKey[packageManager];
  return [
    ...arches
      .filter(arch => !packages.kernel[arch]?.length)
      .map(arch => ({ path: ["packages", "kernel"], what: `names no package for ${arch}, which arches has` })),
    ...repositories.flatMap((one, index) =>
      key in one
        ? []
        : [{ path: ["repositories", index], what: `expected one with "${key}", as ${packageManager} has` }],
    ),
    ...(bootstrap && packageManager !== "apt"
      ? [{ path: ["bootstrap", "tool"], what: `${bootstrap.tool} makes no root file systems for ${packageManager}` }]
      : []),
    ...knownIssues.flatMap(({ check }, index) =>
      checkIds.includes(check)
        ? []
        : [
            {
              path: ["knownIssues", index, "check"],
              what: `there is no check ${JSON.stringify(check)}; nearest: ${nearest(check, checkIds).join(", ")}`,
            },
          ],
    ),
    ...knownIssues.flatMap(({ scenario }, index) =>
      scenario === undefined || scenarios.includes(scenario)
        ? []
        : [{ path: ["knownIssues", index, "scenario"], what: `there is no scenario ${JSON.stringify(scenario)}` }],
    ),
  ];
}
