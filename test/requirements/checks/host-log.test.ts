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

const denial = '[   41.000000] audit: type=1400 audit(1.1:2): apparmor="DENIED" operation="open" profile="cupsd"\n';
const begin = "[   50.000000] usb 1-1: new device\n";

const after = (stdout: string, mark: string) => {
  const steps = { "host.log": log({ stdout }), "host.log-begin": log({ stdout: mark }) };
  const [apparmor] = hostLogChecks.map(check => judgeCheck(check, evidence({ steps })));
  return apparmor?.reason?.code ?? apparmor?.outcome;
};

it("counts what was denied since the run began", () => {
  const before = `${log({}).stdout}${denial}${begin}`;
  expect(after(before, begin)).toBe("pass");
  expect(after(`${before}[   51.000000] fine\n`, begin)).toBe("pass");
  expect(after(`${before}${denial}`, begin)).toBe("lsm.apparmor");
  expect(after(`${log({}).stdout}[… 500000 bytes left out …]\n${begin}fine\n`, begin)).toBe("pass");
  expect(after(`${before}[… 500000 bytes left out …]\nfine\n`, begin)).toBe("harness.output-unreadable");
});

it("tells nothing of a log that no longer has where the run began", () => {
  expect(after("[  700.000000] later\n", begin)).toBe("harness.output-unreadable");
  expect(after(`x${begin}`, begin)).toBe("harness.output-unreadable");
  expect(after("[  700.000000] later\n", "")).toBe("harness.output-unreadable");
});
