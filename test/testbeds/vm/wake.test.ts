import { expect, test } from "vitest";
import { wake } from "../../../src/testbeds/vm/wake.ts";
import { socketPair } from "./socket-pair.ts";

const never = new AbortController().signal;

/** Answers each record after so many milliseconds. */
async function sleeper(waits: readonly number[], said = "awake\n") {
  const { near, far } = await socketPair();
  const records: Buffer[] = [];
  far.on("data", chunk => {
    records.push(chunk);
    setTimeout(() => far.write(said), waits[records.length - 1] ?? 0);
  });
  return { near, records };
}

test("sends the time and random bytes", async () => {
  const { near, records } = await sleeper([]);
  await wake(near, never);
  expect(records).toHaveLength(1);
  const [record] = records;
  expect(record).toHaveLength(72);
  expect(Math.abs(Number(record?.readBigInt64LE()) - Date.now())).toBeLessThan(5_000);
});

test("sends the time again where the first was late, with other random bytes", async () => {
  const { near, records } = await sleeper([150]);
  await wake(near, never);
  expect(records.length).toBeGreaterThan(1);
  expect(new Set(records.map(record => record.subarray(8).toString("hex"))).size).toBe(records.length);
});

test("a machine that cannot is not up", async () => {
  const { near } = await sleeper([], "clock: EPERM\n");
  await expect(wake(near, never)).rejects.toMatchObject({ code: "infra.testbed-no-boot" });
});

test("stops waiting when told so", async () => {
  const { near } = await sleeper([60_000]);
  await expect(wake(near, AbortSignal.timeout(20))).rejects.toThrow();
});
