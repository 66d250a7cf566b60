/** Waits for all, whatever becomes of each, and rejects with the first error then: nothing runs on behind the caller. */
export async function together<const T extends readonly unknown[]>(
  all: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(all);
  return Promise.all(all);
}
