// Stops what --setup started on this machine, and nothing else.
import { fileURLToPath } from "node:url";
import { ready } from "./ready.mjs";

const { stopAll } = await import(await ready(fileURLToPath(new URL("../", import.meta.url)), "prepare"));
process.exitCode = (await stopAll()) ? 0 : 1;
