import type Docker from "dockerode";
import type { Watchdog } from "./watchdog.ts";

const removeMs = 120_000;
const askAgainMs = 25;

function isRefusal(error: unknown): boolean {
  return error instanceof Error && "statusCode" in error && (error.statusCode === 404 || error.statusCode === 409);
}

/** Removes it and whatever runs in it, and waits until it is gone: another removal may be under way already. */
export async function removeContainer(container: Docker.Container, dog: Watchdog): Promise<void> {
  const limits = { timeoutMs: removeMs };
  const deadline = Date.now() + removeMs;
  try {
    await dog.during(
      "removing a container",
      abortSignal => container.remove({ force: true, v: true, abortSignal }),
      limits,
    );
    return;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  while (Date.now() < deadline) {
    try {
      await dog.during("removing a container", abortSignal => container.inspect({ abortSignal }), limits);
    } catch (error) {
      if (isRefusal(error)) return;
      throw error;
    }
    await new Promise(resolve => setTimeout(resolve, askAgainMs));
  }
  throw new Error(`container ${container.id} was not removed within ${removeMs} ms`);
}
