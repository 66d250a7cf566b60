import type Docker from "dockerode";
import { isKept } from "./kept.ts";
import { isDead, ownerLabel } from "./owner.ts";
import { removeContainer } from "./remove.ts";
import type { Watchdog } from "./watchdog.ts";

/** Removes the containers of processes that have ended: those that were created and never started have no lifeline. What is kept stays. */
export async function sweep(docker: Docker, dog: Watchdog): Promise<number> {
  const filters = { label: [ownerLabel] };
  const list = (abortSignal: AbortSignal) => docker.listContainers({ all: true, filters, abortSignal });
  const found = await dog.during("listing containers", list, { timeoutMs: 60_000 });
  const left = found.filter(one => isDead(one.Labels[ownerLabel] ?? "") && !isKept(one.Names));
  for (const one of left) await removeContainer(docker.getContainer(one.Id), dog);
  return left.length;
}
