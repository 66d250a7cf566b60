import type { Package, Repository } from "../model/evidence.ts";

/** What is installed, each with the repository that has that very version; `candidates` came from files of the user. */
export function manifest(
  installed: readonly Package[],
  repositories: ReadonlyMap<string, Repository | null>,
  candidates: readonly string[],
): Package[] {
  return installed.map(one => {
    const candidate = candidates.includes(one.name);
    const repository = candidate ? null : (repositories.get(one.name) ?? null);
    return { ...one, repository, ...(candidate ? { candidate } : {}) };
  });
}
