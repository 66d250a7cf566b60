/** Worst first, as a word of `product` is the worst of a run's cells. What could not be told is not better than what passed emulated. */
const words = ["unsupported", "unknown", "provisional", "supported", "not-applicable"];

const wordOf = cell => (words.includes(cell?.standing) ? cell.standing : "unknown");

const couldNotTell = cell =>
  wordOf(cell) === "unknown" ||
  (Array.isArray(cell.checks) && cell.checks.some(({ gating, outcome }) => gating === true && outcome === "error"));

/** Exit codes that say something of the distro, and nothing else. */
const toldAll = [0, 1, 4];

/**
 * What a run says: `product`, of the distro, and `infra`, whether anything could not be told. One may be known and the other true: a check
 * that failed is proof, whatever happened to others.
 */
export function told(cells, code) {
  const seen = cells.map(({ cell }) => cell);
  return {
    product: words.find(word => seen.some(cell => wordOf(cell) === word)) ?? "unknown",
    infra: String(!toldAll.includes(code) || seen.length === 0 || seen.some(couldNotTell)),
  };
}
