/** GitHub runs no more jobs than that of one matrix. */
export const jobsPerMatrix = 256;

/** The entries of a plan as matrices that are small enough: the fewest, and none much smaller than another. */
export function shards(entries, most = jobsPerMatrix) {
  const count = Math.ceil(entries.length / most);
  if (count > most) throw new Error(`${entries.length} jobs are more than ${most} matrices hold`);
  const from = at => Math.round((at * entries.length) / count);
  return Array.from({ length: count }, (_, at) => ({ include: entries.slice(from(at), from(at + 1)) }));
}
