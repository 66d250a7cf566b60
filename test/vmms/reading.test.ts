import { expect, test } from "vitest";
import { reading } from "../../src/vmms/reading.ts";
import { printed } from "../../src/workloads/example.ts";

test("an observation is read once, an equal one is another", () => {
  const read: string[] = [];
  const length = reading(({ stdout }) => read.push(stdout) && stdout.length);
  const seen = printed("abc");
  expect([length(seen), length(seen), length(printed("abc")), length(printed(""))]).toEqual([3, 3, 3, 0]);
  expect(read).toEqual(["abc", "abc", ""]);
});

test("what has no answer is not asked again", () => {
  const asked: string[] = [];
  const never = reading(({ stdout }) => {
    asked.push(stdout);
    return undefined;
  });
  const seen = printed("abc");
  expect([never(seen), never(seen)]).toEqual([undefined, undefined]);
  expect(asked).toEqual(["abc"]);
});
