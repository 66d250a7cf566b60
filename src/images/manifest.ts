import type { Package, Repository, Update } from "../model/evidence.ts";

/** What is installed, each with the repository that has that very version, and what is newer; `candidates` came from files of the user. */
export function manifest(
  installed: readonly Package[],
  repositories: ReadonlyMap<string, Repository | null>,
  updates: ReadonlyMap<string, Update>,
  candidates: readonly string[],
): Package[] {
  return installed.map(one => {
    const candidate = candidates.includes(one.name);
    const repository = candidate ? null : (repositories.get(one.name) ?? null);
    const update = candidate ? undefined : updates.get(one.name);
    return { ...one, repository, ...(update && { update }), ...(candidate ? { candidate } : {}) };
  });
}
