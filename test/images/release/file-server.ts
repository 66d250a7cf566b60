import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface FileServer {
  readonly origin: string;
  /** `GET /path` and the Range that was asked for, in order. */
  readonly asked: string[];
}

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** A server on loopback until the test ends; `count` is 1 for the first request. */
export async function fileServer(answer: Answer): Promise<FileServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    asked.push([request.method, request.url, range].filter(one => one !== undefined).join(" "));
    answer(request, response, asked.length);
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

export interface Serving {
  readonly etag?: string;
  /** Ends the connection after so many bytes of the body. */
  readonly cutAfter?: number;
}

/** Gives a file as web servers do: by ranges, where the file is still the one that is meant. */
export function give(
  contents: Buffer,
  { headers }: IncomingMessage,
  response: ServerResponse,
  serving: Serving = {},
): void {
  const { etag = '"one"', cutAfter } = serving;
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  const isRange = headers.range !== undefined && (headers["if-range"] ?? etag) === etag;
  const body = isRange ? contents.subarray(start) : contents;
  response.setHeader("ETag", etag);
  response.setHeader("Content-Length", body.length);
  if (isRange) response.setHeader("Content-Range", `bytes ${start}-${contents.length - 1}/${contents.length}`);
  response.writeHead(isRange ? 206 : 200);
  if (cutAfter === undefined || cutAfter >= body.length) response.end(body);
  else response.write(body.subarray(0, cutAfter), () => response.socket?.end());
}
