import { expect, test } from "vitest";
import { pulse } from "../../../src/testbeds/engine/pulse.ts";

test("says that it died, once, while work is under way", async () => {
  let deaths = 0;
  let alive = true;
  const during = pulse(
    async () => alive,
    () => {
      deaths += 1;
    },
    5,
  );
  const work = Promise.all([1, 2].map(() => during(() => new Promise(resolve => setTimeout(resolve, 100)))));
  await new Promise(resolve => setTimeout(resolve, 30));
  expect(deaths).toBe(0);
  alive = false;
  await work;
  expect(deaths).toBe(1);
});

test("asks nobody when there is no work, and again when there is", async () => {
  let asked = 0;
  const during = pulse(
    async () => {
      asked += 1;
      return true;
    },
    () => {},
    5,
  );
  expect(await during(async () => 3)).toBe(3);
  await new Promise(resolve => setTimeout(resolve, 30));
  expect(asked).toBe(0);
  await during(() => new Promise(resolve => setTimeout(resolve, 40)));
  expect(asked).toBeGreaterThan(1);
});

test("work that fails, fails; an unanswered question is no death", async () => {
  let deaths = 0;
  const during = pulse(
    () => Promise.reject(new Error("down")),
    () => {
      deaths += 1;
    },
    5,
  );
  const work = during(async () => {
    await new Promise(resolve => setTimeout(resolve, 30));
    throw new Error("failed");
  });
  await expect(work).rejects.toThrow("failed");
  expect(deaths).toBe(0);
});
