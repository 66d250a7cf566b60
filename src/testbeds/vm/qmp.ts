import type { Socket } from "node:net";
import { type LineChannel, openLineChannel } from "./line-channel.ts";

export interface QmpEvent {
  readonly name: string;
  readonly data: unknown;
}

/** QEMU's monitor, ready for commands. */
export async function openQmp(socket: Socket, onEvent: (event: QmpEvent) => void): Promise<LineChannel> {
  const channel = openLineChannel(socket, ({ event, data }) => {
    if (event !== undefined) onEvent({ name: event, data });
  });
  await channel.call("qmp_capabilities");
  return channel;
}
