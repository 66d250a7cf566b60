import type Docker from "dockerode";
import type { ImageFacts, Labels } from "../engine.ts";
import { imageFacts, labelChanges } from "./images.ts";
import { ownerLabel, runLabel } from "./owner.ts";
import { splitReference } from "./reference.ts";
import type { Watchdog } from "./watchdog.ts";

const commitMs = 900_000;

/** The container's own labels come along with a commit; emptied, an image does not look like a container of a run. */
const notOurs: Labels = { [runLabel]: "", [ownerLabel]: "" };

export async function commit(
  docker: Docker,
  dog: Watchdog,
  container: Docker.Container,
  labels: Labels,
  reference?: string,
): Promise<ImageFacts> {
  const { repository, tag } = reference === undefined ? {} : splitReference(reference);
  const name = repository === undefined ? {} : { repo: repository, tag };
  const changes = labelChanges({ ...notOurs, ...labels });
  const made = await dog.during(
    "committing a container",
    abortSignal =>
      container.commit({ _query: { container: container.id, pause: true, changes, ...name }, _body: {}, abortSignal }),
    { timeoutMs: commitMs },
  );
  const facts = await imageFacts(docker, dog, made.Id);
  if (facts === undefined) throw new Error(`the engine committed ${made.Id} and does not have it`);
  return facts;
}
