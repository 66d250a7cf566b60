import { randomBytes } from "node:crypto";
import { afterAll, expect } from "vitest";
import { openContainerTestbed } from "../../src/testbeds/container.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import { debianBase } from "./base-image.ts";
import { containersOf, docker, openEngine } from "./engine-socket.ts";
import { testbedContract } from "./testbed-contract.ts";
import { standin } from "./tools.ts";

const run = `test-${randomBytes(4).toString("hex")}`;

testbedContract("container", async () => {
  const engine = await openEngine();
  const testbed = await openContainerTestbed(engine, {
    image: await debianBase(engine),
    run,
    standin: await standin(engine),
    capabilities: [],
    devices: [],
    mounts: [],
    network: "none",
  });
  return { testbed, kill: () => docker.getContainer(testbed.container.id).kill() };
});

afterAll(async () => {
  expect(await containersOf(`${runLabel}=${run}`)).toEqual([]);
});
