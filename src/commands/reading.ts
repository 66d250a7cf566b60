import { parentPort } from "node:worker_threads";
import { ourRunners, readShare, type Share } from "./share.ts";

/** A thread that reads shares of what our own runners saw, and answers each with what it holds. */
parentPort?.on("message", async (share: Share) => parentPort?.postMessage(await readShare(share, ourRunners)));
