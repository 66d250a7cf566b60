import { expect, test } from "vitest";
import { CallFailed, ChannelClosed, type Message, openLineChannel } from "../../../src/testbeds/vm/line-channel.ts";
import { answering, returned, socketPair } from "./socket-pair.ts";

async function opened() {
  const { near, far } = await socketPair();
  const others: Message[] = [];
  return { far, others, channel: openLineChannel(near, message => others.push(message)) };
}

test("answers find their calls in any order, in pieces, among events and garbage", async () => {
  const { far, others, channel } = await opened();
  const asked = answering(far, () => undefined);
  const both = Promise.all([channel.call("one"), channel.call("two", { a: 1 })]);
  await expect.poll(() => asked.length).toBe(2);
  const [one, two] = asked;
  if (one === undefined || two === undefined) throw new Error("not asked");
  expect(two).toEqual({ execute: "two", arguments: { a: 1 }, id: expect.any(Number) });
  far.write(`not json\n{"event":"STOP","data":{}}\n${returned(two, "b").slice(0, 9)}`);
  await expect.poll(() => others.length).toBe(1);
  far.write(returned(two, "b").slice(9) + returned(one, "a"));
  expect(await both).toEqual(["a", "b"]);
  expect(others).toEqual([{ event: "STOP", data: {} }]);
});

test("bytes before a delimiter are no part of an answer", async () => {
  const { far, channel } = await opened();
  answering(far, asked => {
    far.write(Buffer.from([0x7b, 0x22, 0xff]));
    return returned(asked, 7);
  });
  expect(await channel.call("x")).toBe(7);
});

test("a refusal rejects with what was said", async () => {
  const { far, channel } = await opened();
  answering(far, ({ id }) => `${JSON.stringify({ id, error: { class: "GenericError", desc: "no such thing" } })}\n`);
  await expect(channel.call("make")).rejects.toThrow(new CallFailed("make: no such thing"));
});

test("when the other side goes, all calls reject, also later ones", async () => {
  const { far, channel } = await opened();
  const waiting = channel.call("x");
  far.destroy();
  await expect(waiting).rejects.toBeInstanceOf(ChannelClosed);
  await expect(channel.call("y")).rejects.toBeInstanceOf(ChannelClosed);
});
