import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { debianBase } from "./base-image.ts";
import { openEngine } from "./engine-socket.ts";
import { type PlayedMachine, playMachine } from "./machine.ts";
import { readVerdict } from "./pipeline.ts";
import { tools } from "./tools.ts";

const state: { machine?: PlayedMachine } = {};
const machine = (): PlayedMachine => {
  if (state.machine === undefined) throw new Error("the machine was not started");
  return state.machine;
};

beforeAll(async () => {
  const engine = await openEngine();
  state.machine = await playMachine(await debianBase(engine), await tools(engine));
});
afterAll(async () => {
  await state.machine?.[Symbol.asyncDispose]();
});

const verify = (...more: readonly string[]) => [
  ...["verify", "debian-13", "--testbed", "local", "--out", join(machine().shared, "results")],
  ...more,
];

test("passes the contract of all testbeds, and is seen nowhere else", async () => {
  const { all, exitCode } = await machine().run(
    ["node", "node_modules/vitest/vitest.mjs", "run", "--configLoader", "runner", "-c", "vitest.inside.config.ts"],
    { KATA_VERIFY_INSIDE: join(machine().shared, "inside") },
  );
  expect(all).toMatch(/Tests .*\b18 passed/);
  expect(exitCode).toBe(0);
}, 900_000);

test("refuses what this machine is not, who is not root, and what was not allowed, and changes nothing", async () => {
  const before = await machine().look();
  const other = await machine().verify(["verify", "debian-12", "--testbed", "local"]);
  expect([other.exitCode, other.stderr]).toEqual([2, expect.stringContaining("os-release says Debian GNU/Linux 13")]);
  const user = await machine().verify(verify("--tier", "contract"), "1000:1000");
  expect([user.exitCode, user.stderr]).toEqual([2, expect.stringMatching(/takes root|cannot be written/)]);
  const unasked = await machine().verify(verify("--tier", "contract"));
  expect([unasked.exitCode, unasked.stderr]).toEqual([2, expect.stringMatching(/ qemu-system-x86 1:10\.\S+\n/)]);
  expect(unasked.stderr).toContain("--setup");
  expect(await machine().look()).toEqual(before);
});

test("installs what was allowed and names it, tests it, and leaves nothing else", async () => {
  const before = await machine().look();
  const installed = await machine().verify(verify("--tier", "contract", "--setup"));
  expect(installed.exitCode).toBe(0);
  expect(installed.stderr).toContain("installed on this machine:\n");
  const first = await machine().look();
  const added = first.packages.filter(one => !before.packages.includes(one));
  expect(first.processes).toEqual(before.processes);
  const [cell] = (await readVerdict(join(machine().shared, "results"))).cells;
  expect(cell).toMatchObject({ testbed: "local", tiers: { contract: "pass" }, standing: "provisional" });
  expect(cell?.components.vmm?.package).toMatchObject({
    name: "qemu-system-x86",
    repository: { own: true },
    added: true,
  });
  const note = cell?.notes.find(one => one.startsWith("On this machine itself")) ?? "";
  expect(added.length).toBeGreaterThan(20);
  for (const one of added) expect(note).toContain(one.replace(/(?::\w+)?\t/, " "));

  const guest = await machine().verify(verify("--tier", "guest"));
  expect([guest.exitCode, guest.stderr]).toEqual([3, expect.not.stringContaining("installed on this machine")]);
  const [booted] = (await readVerdict(join(machine().shared, "results"))).cells;
  expect(booted).toMatchObject({ testbed: "local", acceleration: "tcg" });
  const console = booted?.checks.find(({ id }) => id === "guest.console");
  expect(console?.outcome).toBe("pass");
  expect(booted?.notes).toContain("On this machine itself; nothing was installed on it");
  expect(await machine().look()).toEqual(first);
}, 900_000);

test.each(["INT", "KILL"])("leaves nothing after SIG%s, at the latest when it is started again", async signal => {
  const before = await machine().look();
  const running = machine().start(verify("--tier", "guest"));
  await pause(6_000);
  await running.kill(signal);
  expect((await machine().look()).processes).toEqual(before.processes);
  expect((await machine().run(["cat", "/proc/mounts"])).stdout).not.toMatch(/kata-verify-\d/);
  await machine().verify(verify("--tier", "contract"));
  expect(await machine().look()).toEqual(before);
});
