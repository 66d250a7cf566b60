/** Paths that are named of two values that differ; the rest is counted. */
const namedMax = 5;

type Keyed = Readonly<Record<string, unknown>>;

const isKeyed = (value: unknown): value is Keyed => typeof value === "object" && value !== null;

function paths(here: unknown, there: unknown, at: readonly string[]): string[] {
  if (Object.is(here, there)) return [];
  if (!isKeyed(here) || !isKeyed(there) || Array.isArray(here) !== Array.isArray(there)) return [at.join(".")];
  const keys = new Set([...Object.keys(here), ...Object.keys(there)]);
  return [...keys].sort().flatMap(key => paths(here[key], there[key], [...at, key]));
}

/** Where two JSON values differ: `facts.acceleration, steps.guest.kvm.stdout and 3 more`; empty where they do not. */
export function differences(here: unknown, there: unknown): string {
  const found = paths(here, there, []);
  const more = found.length - namedMax;
  return `${found.slice(0, namedMax).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
