import Docker from "dockerode";
import { connectEngine } from "../../src/testbeds/engine/connect.ts";
import type { Engine } from "../../src/testbeds/engine.ts";

const { DOCKER_HOST, XDG_RUNTIME_DIR } = process.env;

/** The runner's engine as the product finds it. */
export const openEngine = (): Promise<Engine> => connectEngine({ DOCKER_HOST, XDG_RUNTIME_DIR });

/** The same engine without the product in between. */
export const docker = new Docker();

export const containersOf = (label: string) => docker.listContainers({ all: true, filters: { label: [label] } });
