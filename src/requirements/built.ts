import { type Judgement, skip } from "../model/check.ts";
import type { Brought, Evidence, Facts } from "../model/evidence.ts";
import type { Part } from "../model/words.ts";

/** Parts of one file, which works wherever it is put; a VMM has a folder of firmware, a kernel its modules. */
export const userParts = ["virtiofsd"] as const satisfies readonly Part[];
export type UserPart = (typeof userParts)[number];

type Paths = NonNullable<Facts["paths"]>;

/** A part that the user built is the one that is tested, whatever the package database has. */
export const withBrought = (paths: Paths, brought: readonly Brought[]): Paths => ({
  ...paths,
  ...Object.fromEntries(brought.map(({ part, path }) => [part, path])),
});

/** In place of whether the distro ships a part: of one that the user built, nothing of that kind can be told. */
export function builtByUser({ facts }: Evidence, part: Part): Judgement | undefined {
  const brought = facts.brought?.find(one => one.part === part);
  return (
    brought &&
    skip(
      "provenance.built",
      `${brought.path} was built by the user, and comes from no package`,
      `sha256 ${brought.sha256}`,
    )
  );
}
