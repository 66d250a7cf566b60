import { open } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Its sockets are closed with it. */
export interface SocketFolder extends AsyncDisposable {
  /** Waits until a program listens under that name. */
  connect(name: string, signal: AbortSignal): Promise<Socket>;
}

const betweenMs = 5;

/** A path to a socket may have 107 bytes, a folder's more: the way through an open folder is always short. */
export async function openSocketFolder(folder: string): Promise<SocketFolder> {
  const handle = await open(folder);
  const connected: Socket[] = [];
  return {
    connect: async (name, signal) => {
      for (;;) {
        signal.throwIfAborted();
        const socket = await tryConnect(`/proc/self/fd/${handle.fd}/${name}`);
        if (socket !== undefined) {
          connected.push(socket);
          return socket;
        }
        await sleep(betweenMs, undefined, { signal });
      }
    },
    [Symbol.asyncDispose]: () => {
      for (const socket of connected) socket.destroy();
      return handle.close();
    },
  };
}

/** Undefined where nobody listens there yet. */
function tryConnect(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const fail = (error: NodeJS.ErrnoException) => {
      socket.destroy();
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    };
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("error", fail);
      // Whoever uses it hears of the end by "close".
      socket.on("error", () => {});
      resolve(socket);
    });
  });
}
