import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Two ends of one connection, through an abstract address that is gone with them. */
export async function socketPair(): Promise<{ near: Socket; far: Socket }> {
  const path = `\0kata-verify-test-${process.pid}-${process.hrtime.bigint()}`;
  const server = createServer().listen(path);
  await once(server, "listening");
  const accepted = once(server, "connection");
  const near = connect(path);
  const [far] = (await accepted) as [Socket];
  server.close();
  return { near, far };
}

export interface Asked {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly id?: number;
}

/** Answers calls on the far end as `answer` says; what it returns is sent as it is. */
export function answering(far: Socket, answer: (asked: Asked) => string | undefined): Asked[] {
  const all: Asked[] = [];
  let rest = "";
  far.on("data", chunk => {
    const lines = (rest + chunk.toString("latin1").replaceAll("\xff", "")).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const asked: Asked = JSON.parse(line);
      all.push(asked);
      const said = answer(asked);
      if (said !== undefined) far.write(said);
    }
  });
  return all;
}

export const returned = ({ id }: Asked, value: unknown) => `${JSON.stringify({ return: value, id })}\n`;
