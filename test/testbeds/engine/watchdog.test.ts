import { expect, test } from "vitest";
import { watchdog } from "../../../src/testbeds/engine/watchdog.ts";
import { EngineGone } from "../../../src/testbeds/engine.ts";

const never = () => new Promise<never>(() => {});
const answers = async () => "OK";
const quick = { everyMs: 10, answerMs: 50 };

test("a call that answers is passed on, and nobody asks any more", async () => {
  let asked = 0;
  const dog = watchdog(async () => {
    asked += 1;
  }, quick);
  expect(await dog.during("x", async () => 3)).toBe(3);
  const before = asked;
  await new Promise(resolve => setTimeout(resolve, 40));
  expect(asked).toBe(before);
});

test("a call that never settles ends with its time-out", async () => {
  const call = watchdog(answers, quick).during("starting", never, { timeoutMs: 30 });
  await expect(call).rejects.toThrow("starting: no answer within 30 ms");
  await expect(call).rejects.toBeInstanceOf(EngineGone);
});

test("a call that never settles ends when the engine refuses connections", async () => {
  const ping = async () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  };
  const calls = [1, 2, 3].map(() => watchdog(ping, quick).during("x", never));
  for (const call of calls) await expect(call).rejects.toMatchObject({ code: "infra.engine-gone" });
});

test("a call that never settles ends when the engine does not answer a ping either", async () => {
  await expect(watchdog(never, quick).during("x", never)).rejects.toThrow("no answer to a ping within 50 ms");
});

test("an engine that answers others is there, however long it takes for a ping", async () => {
  const dog = watchdog(never, quick);
  const slow = dog.during("slow", () => new Promise(resolve => setTimeout(() => resolve("done"), 400)));
  const others = (async () => {
    for (let at = 0; at < 15; at += 1) await dog.during("other", () => new Promise(resolve => setTimeout(resolve, 30)));
  })();
  expect(await slow).toBe("done");
  await others;
  await expect(dog.during("x", never)).rejects.toThrow("no answer to a ping within 50 ms");
});

test("a call gets its time again while the engine answers others, and not for ever", async () => {
  const dog = watchdog(answers, quick);
  const others = { go: true };
  const busy = (async () => {
    while (others.go) await dog.during("other", () => new Promise(resolve => setTimeout(resolve, 5)));
  })();
  const slow = () => new Promise(resolve => setTimeout(() => resolve("late"), 100));
  expect(await dog.during("slow", slow, { timeoutMs: 40 })).toBe("late");
  const begin = performance.now();
  await expect(dog.during("never", never, { timeoutMs: 40 })).rejects.toThrow("never: no answer within 40 ms");
  expect(performance.now() - begin).toBeGreaterThan(150);
  others.go = false;
  await busy;
});

test("all open calls end, and later ones are watched again", async () => {
  let alive = false;
  const dog = watchdog(async () => {
    if (!alive) throw new Error("down");
  }, quick);
  const calls = [dog.during("a", never), dog.during("b", never)];
  for (const call of calls) await expect(call).rejects.toBeInstanceOf(EngineGone);
  alive = true;
  await expect(dog.during("c", never, { timeoutMs: 60 })).rejects.toThrow("c: no answer within 60 ms");
});

test("the signal of the caller ends the waiting with its reason, and work is told", async () => {
  const controller = new AbortController();
  let told: AbortSignal | undefined;
  const call = watchdog(answers, quick).during(
    "x",
    signal => {
      told = signal;
      return never();
    },
    { signal: controller.signal },
  );
  controller.abort(new Error("interrupted"));
  await expect(call).rejects.toThrow("interrupted");
  expect(told?.aborted).toBe(true);
});

test("an aborted signal starts nothing", async () => {
  const call = watchdog(answers, quick).during("x", never, { signal: AbortSignal.abort(new Error("before")) });
  await expect(call).rejects.toThrow("before");
});

test.each([
  [Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }), "infra.engine-gone"],
  [new Error("(HTTP code 500) server error - write /x: no space left on device"), "infra.disk-full"],
])("%s is %s", async (error, code) => {
  const call = watchdog(answers, quick).during("x", () => Promise.reject(error));
  await expect(call).rejects.toMatchObject({ code });
});

test("what else the engine says is passed on as it is", async () => {
  const error = Object.assign(new Error("no such container"), { statusCode: 404 });
  await expect(watchdog(answers, quick).during("x", () => Promise.reject(error))).rejects.toBe(error);
});
