import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { openAgent } from "../../../src/testbeds/vm/agent.ts";
import { CallFailed } from "../../../src/testbeds/vm/line-channel.ts";
import { type Asked, answering, returned, socketPair } from "./socket-pair.ts";

const never = new AbortController().signal;
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** A guest agent that knows one program. */
function agentAt(far: Socket, running: { most: number; looks: number }): Asked[] {
  let waiting = 0;
  return answering(far, asked => {
    waiting += 1;
    running.most = Math.max(running.most, waiting);
    const value = answer(asked, running);
    waiting -= 1;
    return value === undefined
      ? `${JSON.stringify({ id: asked.id, error: { desc: "not there" } })}\n`
      : returned(asked, value);
  });
}

function answer({ execute, arguments: given = {} }: Asked, running: { looks: number }): unknown {
  if (execute === "guest-sync-delimited") return given["id"];
  if (execute === "guest-exec") return { pid: 7 };
  if (execute === "guest-exec-status") {
    running.looks += 1;
    if (running.looks < 3) return { exited: false };
    return { exited: true, exitcode: 3, "out-data": base64("a\0\n"), "err-data": base64("b") };
  }
  if (execute === "guest-file-open") return given["path"] === "/there" ? 1000 : undefined;
  if (execute === "guest-file-read") return { count: 2, "buf-b64": base64("hi"), eof: false };
  return {};
}

async function opened() {
  const { near, far } = await socketPair();
  const running = { most: 0, looks: 0 };
  const asked = agentAt(far, running);
  return { agent: await openAgent(near, never), asked, running };
}

test("runs a program and looks until it has ended", async () => {
  const { agent, asked } = await opened();
  const end = await agent.exec(["/bin/x", "-a", ""], { stdin: Buffer.from("in"), env: { A: "b" } });
  expect(end).toMatchObject({ code: 3, stdout: Buffer.from("a\0\n"), stderr: Buffer.from("b") });
  expect(asked.filter(({ execute }) => execute === "guest-exec-status")).toHaveLength(3);
  const { arguments: given } = asked.find(({ execute }) => execute === "guest-exec") ?? {};
  expect(given).toMatchObject({ path: "/bin/x", arg: ["-a", ""], "input-data": base64("in"), "capture-output": true });
  expect(given?.["env"]).toEqual(expect.arrayContaining(["A=b", expect.stringMatching(/^PATH=/)]));
});

test("reads the head of a file and closes it", async () => {
  const { agent, asked } = await opened();
  expect(await agent.readHead("/there", 100)).toEqual({ bytes: Buffer.from("hi"), whole: true });
  expect(await agent.readHead("/there", 2)).toMatchObject({ whole: false });
  expect(asked.filter(({ execute }) => execute === "guest-file-close")).toHaveLength(2);
  await expect(agent.readHead("/not", 100)).rejects.toBeInstanceOf(CallFailed);
});

test("never has two calls in the channel", async () => {
  const { near, far } = await socketPair();
  let open = 0;
  let most = 0;
  answering(far, asked => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      far.write(returned(asked, answer(asked, { looks: 9 })));
    }, 1);
    return undefined;
  });
  const agent = await openAgent(near, never);
  await Promise.all(Array.from({ length: 20 }, () => agent.exec(["/bin/x"])));
  expect(most).toBe(1);
});

test("gives up when told so", async () => {
  const { near } = await socketPair();
  await expect(openAgent(near, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});
