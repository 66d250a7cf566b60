/**
 * The version that the software itself has: without the distro's epoch and revision. Debian goes back to an older one under a newer
 * number, as `9.1.0+really8.2.3`.
 */
const upstream = (version: string): string => {
  const own = version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");
  const really = own.lastIndexOf("really");
  return really < 0 ? own : own.slice(really + "really".length);
};

const numbers = (version: string): number[] => (upstream(version).match(/^[\d.]+/)?.[0] ?? "").split(".").map(Number);

/**
 * The series of a package's version, within which distros mend and do not renew: the first two numbers of the software's own version, as
 * `10.0` of `1:10.0.13+ds-0+deb13u1`. A version without numbers is a series of its own.
 */
export function series(version: string): string {
  const found = /^(\d+)\.(\d+)/.exec(upstream(version));
  return found ? `${found[1]}.${found[2]}` : version;
}

/** By the software's own numbers: negative where `a` is older, 0 where they do not tell. */
export function compareVersions(a: string, b: string): number {
  const [these, those] = [numbers(a), numbers(b)];
  const length = Math.max(these.length, those.length);
  const differs = Array.from({ length }, (_, at) => (these[at] ?? 0) - (those[at] ?? 0)).find(one => one !== 0);
  return differs ?? 0;
}

/** Whether `later` is an update of `version`: of the same series, and by the software's own numbers not older. */
export const isUpdate = (version: string, later: string): boolean =>
  series(version) === series(later) && compareVersions(version, later) <= 0;
