import { join } from "node:path";
import { prepareTools, type Tools } from "../../src/images/tools.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { testCache } from "./base-image.ts";

const sources = join(import.meta.dirname, "..", "..", "standin");

/** The harness's tools, made once and remembered. */
export const tools = (engine: Engine): Promise<Tools> =>
  prepareTools(engine, { cache: testCache, run: "test-tools", sources, tell: () => {} });

export const standin = async (engine: Engine): Promise<Uint8Array> => (await tools(engine)).standin;
