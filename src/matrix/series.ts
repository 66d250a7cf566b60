/** The version that the software itself has: without the distro's epoch and revision. */
const upstream = (version: string): string => version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");

const numbers = (version: string): number[] => (upstream(version).match(/^[\d.]+/)?.[0] ?? "").split(".").map(Number);

/**
 * The series of a package's version, within which distros mend and do not renew: the first two numbers of the software's own version, as
 * `10.0` of `1:10.0.13+ds-0+deb13u1`. A version without numbers is a series of its own.
 */
export function series(version: string): string {
  const found = /^(\d+)\.(\d+)/.exec(upstream(version));
  return found ? `${found[1]}.${found[2]}` : version;
}

/** Whether `later` is an update of `version`: of the same series, and by the software's own numbers not older. */
export function isUpdate(version: string, later: string): boolean {
  if (series(version) !== series(later)) return false;
  const [before, after] = [numbers(version), numbers(later)];
  const at = before.findIndex((number, index) => number !== (after[index] ?? 0));
  return at < 0 || (after[at] ?? 0) > (before[at] ?? 0);
}
