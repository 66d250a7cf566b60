import { expect, it } from "vitest";
import { judgeCheck } from "../../../src/judge/check.ts";
import type { Seen } from "../../../src/model/command.ts";
import { hostLogChecks } from "../../../src/requirements/checks/host-log.ts";
import { evidence } from "../../judge/evidence.ts";

const log = (change: Partial<Seen>): Seen => ({
  ...{ argv: ["dmesg"], stderr: "", durationMs: 1, ending: { kind: "exited", code: 0 } },
  stdout: "[    0.000000] Linux version 6.12\n",
  ...change,
});

const said = (seen: Seen) =>
  hostLogChecks.map(check => judgeCheck(check, evidence({ steps: { "host.log": seen } })).outcome);

it("says that nothing was denied of a whole log only", () => {
  expect(said(log({}))).toEqual(["pass", "pass"]);
  const { stdout } = log({});
  expect(said(log({ stdout: `${stdout}[… 500000 bytes left out …]\nend\n` }))).toEqual(["error", "error"]);
  expect(said(log({ ending: { kind: "timedOut", afterMs: 1 } }))).toEqual(["error", "error"]);
  expect(said(log({ ending: { kind: "exited", code: 1 } }))).toEqual(["error", "error"]);
});
