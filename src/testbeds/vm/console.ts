import type { Socket } from "node:net";

/** What a machine printed on its console: the beginning and the end of it. */
export interface ConsoleCapture {
  text(): string;
  /** The last line that is not empty. */
  lastLine(): string;
  bytesSeen(): number;
}

const headBytes = 512 * 1024;
const tailBytes = 512 * 1024;
const lineBytes = 4096;

/** `onLine` sees each line as it comes, cut at 4 KiB. */
export function captureConsole(socket: Socket, onLine: (line: string) => void): ConsoleCapture {
  const state = { head: [] as Buffer[], headSize: 0, tail: Buffer.alloc(0), seen: 0, line: "", last: "" };

  const keep = (chunk: Buffer): void => {
    const toHead = chunk.subarray(0, headBytes - state.headSize);
    if (toHead.length > 0) state.head.push(toHead);
    state.headSize += toHead.length;
    const toTail = chunk.subarray(toHead.length);
    if (toTail.length > 0) state.tail = Buffer.concat([state.tail, toTail]);
    // Not at each chunk: that would copy the whole tail for every few bytes of a noisy console.
    if (state.tail.length > 2 * tailBytes) state.tail = Buffer.from(state.tail.subarray(-tailBytes));
  };

  const takeLine = (line: string): void => {
    if (line.trim() === "") return;
    state.last = line.trimEnd();
    onLine(state.last);
  };

  socket.on("data", (chunk: Buffer) => {
    state.seen += chunk.length;
    keep(chunk);
    const lines = (state.line + chunk.toString("latin1")).split("\n");
    state.line = (lines.pop() ?? "").slice(0, lineBytes);
    for (const line of lines) takeLine(line.slice(0, lineBytes));
  });

  return {
    text: () => {
      const tail = state.tail.subarray(-tailBytes);
      const leftOut = state.seen - state.headSize - tail.length;
      const gap = leftOut > 0 ? `\n[… ${leftOut} bytes left out …]\n` : "";
      return Buffer.concat([...state.head, Buffer.from(gap), tail]).toString();
    },
    lastLine: () => state.last,
    bytesSeen: () => state.seen,
  };
}
