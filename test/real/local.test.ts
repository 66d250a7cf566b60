import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEngine } from "./engine-socket.ts";
import { changes, type PlayedMachine, playMachine } from "./machine.ts";
import { cacheHome, readVerdict } from "./pipeline.ts";

const state: { machine?: PlayedMachine } = {};
const machine = (): PlayedMachine => {
  if (state.machine === undefined) throw new Error("the machine was not started");
  return state.machine;
};

beforeAll(async () => {
  state.machine = await playMachine(await openEngine());
});
afterAll(async () => {
  await state.machine?.[Symbol.asyncDispose]();
});

const verify = (tier: string, ...more: readonly string[]) => [
  ...["verify", "debian-13", "--testbed", "local", "--tier", tier, "--out", join(machine().shared, "results"), ...more],
];
const cellOf = async () => {
  const [cell] = (await readVerdict(join(machine().shared, "results"))).cells;
  if (cell === undefined) throw new Error("a verdict without a cell");
  return cell;
};

test("passes the contract of all testbeds, and is seen nowhere else", async () => {
  const vitest = ["node_modules/vitest/vitest.mjs", "run", "--configLoader", "runner", "-c", "vitest.inside.config.ts"];
  const inside = join(machine().shared, "inside");
  const { code, stdout, stderr } = await machine().run(["node", ...vitest], {
    KATA_VERIFY_INSIDE: inside,
    NO_COLOR: "1",
  });
  expect(`${stdout}${stderr}`).toMatch(/Tests +21 passed \(21\)/);
  expect(code).toBe(0);
}, 900_000);

test("refuses what this machine is not, who is not root, and what was not allowed, and changes nothing", async () => {
  const before = await machine().look();
  const other = await machine().verify(["verify", "debian-12", "--testbed", "local"]);
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("os-release says Debian GNU/Linux 13") });
  const user = await machine().verifyAsUser(verify("contract", "--out", "/tmp/results"));
  expect(user).toMatchObject({ code: 2, stderr: expect.stringContaining("which takes root") });
  const unasked = await machine().verify(verify("contract"));
  expect(unasked).toMatchObject({ code: 2, stderr: expect.stringMatching(/^ {2}qemu-system-x86 1:10\.\S+$/m) });
  expect(unasked.stderr).toContain("Or add --setup");
  const asked = await machine().verifyAtTerminal(verify("contract"), "n");
  expect(asked).toMatchObject({ code: 2, stdout: expect.stringContaining("Install them now? [y/N] ") });
  expect(changes(before, await machine().look())).toEqual([]);
});

test("installs what was allowed and names it, and leaves nothing else", async () => {
  const before = await machine().look();
  const { code, stderr } = await machine().verify(verify("contract", "--setup"));
  expect(code).toBe(0);
  expect(stderr).toContain("installed on this machine:\n");
  const after = await machine().look();
  expect(after.processes).toEqual(before.processes);
  const added = after.packages.filter(one => !before.packages.includes(one));
  expect(added.length).toBeGreaterThan(20);
  const cell = await cellOf();
  expect(cell).toMatchObject({ testbed: "local", tiers: { contract: "pass" }, standing: "provisional" });
  expect(cell.components.vmm?.package).toMatchObject({
    name: "qemu-system-x86",
    added: true,
    repository: { own: true },
  });
  const note = cell.notes.find(one => one.startsWith("On this machine itself")) ?? "";
  for (const one of added) expect(note).toContain(one.replace(/(?::\w+)?\t/, " "));
}, 900_000);

test("boots the guest with what is installed, and changes nothing at all", async () => {
  const before = await machine().look();
  const { stderr } = await machine().verify(verify("guest"));
  expect(stderr).not.toContain("installed on this machine:");
  const cell = await cellOf();
  expect(cell).toMatchObject({ testbed: "local", acceleration: "tcg" });
  expect(cell.checks.find(({ id }) => id === "guest.console")?.outcome).toBe("pass");
  expect(cell.checks.find(({ id }) => id === "guest.virtiofs")?.outcome).toBe("pass");
  expect(cell.notes).toContain("On this machine itself; nothing was installed on it");
  expect(changes(before, await machine().look())).toEqual([]);
}, 900_000);

test("stays up where that is asked for, until what it says is run", async () => {
  const before = await machine().look();
  const { stdout } = await machine().verify(verify("contract", "--keep", "always"));
  const said = (what: string) => new RegExp(`^ +${what} it: +(.+)$`, "m").exec(stdout)?.[1] ?? "";
  const inside = await machine().run(["sh", "-c", `echo 'ls /run; cat /sys/fs/cgroup/cgroup.type' | ${said("enter")}`]);
  expect(inside).toEqual({ code: 0, stdout: "kata-verify\nlock\ndomain\n", stderr: "" });
  expect(await machine().run(["sh", "-c", said("remove")])).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(changes(before, await machine().look())).toEqual([]);
});

test.each(["INT", "KILL"])("leaves nothing after SIG%s, at the latest when it is started again", async signal => {
  const before = await machine().look();
  const running = machine().verify(verify("guest"));
  const isUp = "until cat /proc/[0-9]*/comm 2>/dev/null | grep -q '^qemu-system'; do sleep 0.1; done";
  await machine().run(["timeout", "60", "sh", "-c", isUp]);
  await machine().kill(signal);
  expect((await running).code).toBe(signal === "INT" ? 130 : 137);
  expect((await machine().look()).processes).toEqual(before.processes);
  expect((await machine().run(["cat", "/proc/mounts"])).stdout).not.toMatch(/kata-verify-\d/);
  await machine().verify(verify("contract"));
  expect(changes(before, await machine().look())).toEqual([]);
  const folders = [machine().shared, join(cacheHome, "kata-verify", "local/")];
  const left = await machine().run(["find", ...folders, "-name", "kata-verify-*"]);
  expect(left).toMatchObject({ code: 0, stdout: "" });
});
