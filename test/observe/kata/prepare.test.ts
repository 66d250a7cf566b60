import { expect, test } from "vitest";
import type { Guard } from "../../../src/observe/cell.ts";
import type { Exercise } from "../../../src/observe/exercise.ts";
import { prepareKata } from "../../../src/observe/kata/prepare.ts";
import { evidence } from "../../judge/evidence.ts";

test("nothing is got where the distro ships no VMM to run it on", async () => {
  const { cell, request } = evidence({});
  const guard: Guard = (_stage, _tiers, work) => work().catch(error => error);
  const got = () => Promise.reject(new Error("asked for"));
  const one = { cell: { ...cell, ...request }, parts: {}, hands: { kata: got, addition: got }, guard };
  const { kata, bugs } = await prepareKata(one as unknown as Exercise);
  expect(kata).toBeUndefined();
  expect(bugs).toMatchObject([{ name: "Unprepared", reason: { code: "vmm.not-packaged" } }]);
});
