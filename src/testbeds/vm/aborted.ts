/** Resolves when the signal aborts; never, and without a listener left behind, once `until` does. */
export function aborted(signal: AbortSignal, until?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), {
      once: true,
      ...(until === undefined ? {} : { signal: until }),
    });
  });
}
