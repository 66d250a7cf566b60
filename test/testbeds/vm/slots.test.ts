import { describe, expect, test } from "vitest";
import { availableMiB, inSlot, openSlots, slotsIn } from "../../../src/testbeds/vm/slots.ts";

describe("VMs at once", () => {
  test.each([
    [1000, 0],
    [2048, 1],
    [9000, 1],
    [9216, 2],
    [24_000, 5],
  ])("in %d MiB: %d", (memory, count) => {
    expect(slotsIn(memory)).toBe(count);
  });

  test("the runner has some memory", async () => {
    expect(await availableMiB()).toBeGreaterThan(100);
  });

  test("one waits for the other, in turn, and a place given back twice is one place", async () => {
    const slots = openSlots(1, 5000);
    const order: string[] = [];
    const noting = (name: string) => (give: () => void) => {
      order.push(name);
      return give;
    };
    const first = await slots.take();
    const second = slots.take().then(noting("second"));
    const third = slots.take().then(noting("third"));
    expect(order).toEqual([]);
    first();
    first();
    (await second)();
    (await third)();
    expect(order).toEqual(["second", "third"]);
  });

  test("whoever waits can be stopped, and takes no place then", async () => {
    const slots = openSlots(1, 5000);
    const give = await slots.take();
    const stop = new AbortController();
    const waiting = slots.take(stop.signal);
    stop.abort(new Error("over"));
    await expect(waiting).rejects.toThrow("over");
    give();
    (await slots.take())();
  });

  test("a VM gives its place back when it is disposed of, and when it cannot be opened", async () => {
    const slots = openSlots(1, 5000);
    await expect(inSlot(slots, undefined, () => Promise.reject(new Error("no boot")))).rejects.toThrow("no boot");
    const did: string[] = [];
    const open = async () => ({ [Symbol.asyncDispose]: async () => void did.push("disposed") });
    {
      await using _ = await inSlot(slots, undefined, open);
    }
    await using _ = await inSlot(slots, undefined, open);
    expect(did).toEqual(["disposed"]);
  });

  test("none is refused, with what there is", async () => {
    await expect(openSlots(0, 700).take()).rejects.toMatchObject({ code: "infra.memory", message: /700 MiB/ });
  });
});
