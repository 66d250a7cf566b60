import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { TestbedGone } from "../../model/testbed.ts";

const randomCount = 64;
/** Milliseconds after which the time that was sent is no longer the time: the first may have waited for the machine. */
const currentMs = 100;
const most = 5;

/** What `standin wake` reads: milliseconds since 1970 in 8 bytes, little-endian, and random bytes. */
function record(): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigInt64LE(BigInt(Date.now()));
  return Buffer.concat([time, randomBytes(randomCount)]);
}

async function ask(socket: Socket, signal: AbortSignal): Promise<string> {
  socket.write(record());
  let said = "";
  while (!said.endsWith("\n")) said += String((await once(socket, "data", { signal }))[0]);
  return said.trim();
}

/**
 * Gives a machine that goes on from where it was saved the time, and random numbers of its own. The answer is also the
 * first sign of life.
 */
export async function wake(socket: Socket, signal: AbortSignal): Promise<void> {
  for (let left = most; left > 0; left--) {
    const sentAt = performance.now();
    const said = await ask(socket, signal);
    if (said !== "awake") throw new TestbedGone(`the testbed does not wake up: ${said}`, "infra.testbed-no-boot");
    if (performance.now() - sentAt < currentMs) return;
  }
}
