import { expect, it } from "vitest";
import { judgeCheck } from "../../src/judge/check.ts";
import { exampleNonce, guestSaid, printed } from "../../src/workloads/example.ts";
import { virtiofs } from "../../src/workloads/virtiofs.ts";
import { evidence } from "../judge/evidence.ts";
import { exampleBoot } from "./boot.ts";

const [step] = virtiofs.after?.(exampleBoot) ?? [];
const today = step?.command.argv ?? [];

function outcome(wrote: string, more: readonly string[], there: string, argv: readonly string[] = today): string {
  const said = ["mounted=kataShared", `nonce=${exampleNonce}`, "read=aa", `wrote=${wrote}`, ...more];
  const look = printed(`${there}from-testbed aa\nfrom-guest ${wrote}\nsays guest ${exampleNonce}\n`, argv);
  const part = guestSaid(
    said.map(line => `virtiofs ${line}`),
    { "guest.virtiofs": look },
  );
  const { outcome, reason } = judgeCheck(virtiofs.check, evidence(part));
  return reason ? `${outcome} ${reason.code}: ${reason.message}` : outcome;
}

it.each<[string, string, readonly string[], RegExp]>([
  ["all of it", "bb", ["written=0"], /^pass$/],
  [
    "half of it, and an error",
    "ff",
    ["written=1", "refused=cat: write error: I/O error"],
    /with 1: cat: write error: I\/O/,
  ],
  ["half of it, and no error", "ff", ["written=0"], /other bytes than it was to write/],
  ["nobody knows what", "bb", [], /with nothing: silence/],
  ["nothing, twice", "", ["written=0"], /other bytes than it was to write/],
])("judges a guest that wrote %s", (_, wrote, more, expected) => {
  const said = outcome(wrote, more, "meant bb\n");
  expect(said).toMatch(expected);
  if (said !== "pass") expect(said).toMatch(/^fail guest\.virtiofs-content: /);
});

it("accuses nobody of a testbed whose disk is full", () => {
  const said = outcome("ff", ["written=1", "refused=cat: write error: No space left on device"], "meant bb\n");
  expect(said).toMatch(/^error infra\.disk-full: /);
});

it("accuses nobody where the testbed does not say what was meant", () => {
  expect(outcome("bb", ["written=0"], "")).toMatch(/^error harness\.output-unreadable: /);
});

it("takes the word of older evidence, but not of nothing", () => {
  expect(outcome("bb", [], "", [])).toBe("pass");
  expect(outcome("", [], "", [])).toMatch(/^fail guest\.virtiofs-content: /);
});
