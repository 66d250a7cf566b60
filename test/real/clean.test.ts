import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { judge } from "./clean-judge.ts";
import { temporaryFolder, type Watched, watch } from "./clean-run.ts";
import { readVerdict, verify } from "./pipeline.ts";
import { catalogWith } from "./sabotage/catalog.ts";
import { packageOf } from "./sabotage/package.ts";

const contract = ["debian-13", "--tier", "contract", "--testbed", "container", "-v"];
const inContainer = ["debian-13", "--tier", "guest", "--testbed", "container", "-v"];
const inVm = ["debian-13", "--tier", "guest", "--testbed", "vm", "-v"];

/** Seconds that a run may take to end when it is told to. */
const patience = 20;

/** A registry that does not answer, so that the base is made here. */
async function bootstrapped(): Promise<string> {
  const image = { reference: "127.0.0.1:9/library/debian:13" };
  return catalogWith(await temporaryFolder(), "debian-13", () => ({ image }));
}

// What takes long to make is made once, before anything is interrupted.
beforeAll(async () => {
  expect((await verify("clean-prepared", inContainer)).exitCode).not.toBe(70);
});

describe("nothing is left after a run", () => {
  it("that says something good; it is judged again to the byte without an engine", async () => {
    const watched = await watch("clean-success", contract);
    expect((await watched.ended()).exitCode).toBe(0);
    expect(await watched.left()).toEqual([]);
    const { stdout, stderr, exitCode } = await judge(watched.out);
    expect(`${stdout}\n`).toBe(await readFile(join(watched.out, "debian-13", "verdict.json"), "utf8"));
    expect(stderr).toMatch(/verdict\.json: identical$/);
    expect(exitCode).toBe(0);
  });

  it("that says something bad", async () => {
    const broken = { "/usr/libexec/virtiofsd": { program: "#!/bin/sh\nexit 1\n" } } as const;
    const file = await packageOf(await temporaryFolder(), { name: "kv-no-virtiofsd", instead: broken });
    const watched = await watch("clean-failure", [...contract, "--with-package", file]);
    expect((await watched.ended()).exitCode).toBe(1);
    expect(await watched.left()).toEqual([]);
    expect(await judge(watched.out)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("identical") });
  });
});

describe("a run that is interrupted ends cleanly, with what was seen so far", () => {
  it.each([
    ["looking for the parts in a container", inContainer, /looking for the parts/, "SIGINT", 130],
    ["booting the guest in a container", inContainer, /guest\.kvm exited/, "SIGTERM", 143],
    ["booting the guest in a VM", inVm, /exercise, booting the guest/, "SIGINT", 130],
  ] as const)("%s", async (name, argv, moment, signal, code) => {
    const watched = await watch(`clean-${signal}-${name}`, argv);
    await watched.until(moment);
    watched.running.kill(signal);
    const ended = await watched.ended();
    expect(ended.exitCode).toBe(code);
    expect(ended.tookSeconds).toBeLessThan(patience);
    expect(await watched.left()).toEqual([]);
    expect(ended.stdout).toContain("inconclusive");
    const { cells, finishedAt } = await readVerdict(watched.out);
    expect(cells[0]).toMatchObject({ standing: "inconclusive", notes: expect.not.arrayContaining(["did not end"]) });
    expect(finishedAt).not.toBeNull();
    const judged = await judge(watched.out);
    expect(judged.codes).toContain("infra.interrupted");
    expect(judged).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("identical") });
  });

  it("making the base of a distro", async () => {
    const watched = await watch("clean-SIGINT-base", [...contract, "--no-cache", "--catalog", await bootstrapped()]);
    await watched.until(/with mmdebstrap|making the harness's tools/);
    watched.running.kill("SIGINT");
    const ended = await watched.ended();
    expect(ended.exitCode).toBe(130);
    expect(ended.tookSeconds).toBeLessThan(patience);
    expect(await watched.left()).toEqual([]);
    expect((await judge(watched.out)).codes).toEqual(["infra.interrupted"]);
  });

  it("and at once when it is interrupted again", async () => {
    const watched = await watch("clean-twice", inVm);
    await watched.until(/exercise, booting the guest/);
    watched.running.kill("SIGINT");
    watched.running.kill("SIGINT");
    const ended = await watched.ended();
    expect(ended.exitCode).toBe(130);
    expect(ended.tookSeconds).toBeLessThan(3);
    expect((await judge(watched.out)).cell.standing).toBe("inconclusive");
    await next(watched);
  });
});

/** A new start removes what a killed run could not, before it does anything else. */
async function next(killed: Watched): Promise<void> {
  const { temporary, out } = killed;
  const watched = await watch("clean-next", contract, { temporary, out });
  expect((await watched.ended()).exitCode).toBe(0);
  expect(await killed.left()).toEqual([]);
  expect(await watched.left()).toEqual([]);
}

describe("a run that is killed", () => {
  it.each([
    ["when it begins", inContainer, /looking for the parts/],
    ["while the parts are asked", contract, /qemu\.dialogue exited/],
    ["while the guest boots", inContainer, /guest\.kvm exited/],
    ["while the guest boots in a VM", inVm, /exercise, booting the guest/],
  ] as const)("%s has left a valid journal, and nothing else once there is a new start", async (name, argv, moment) => {
    const watched = await watch(`clean-killed-${name}`, argv);
    await watched.until(moment);
    watched.running.kill("SIGKILL");
    expect((await watched.ended()).signal).toBe("SIGKILL");
    const judged = await judge(watched.out);
    expect(judged.cell).toMatchObject({ standing: "inconclusive" });
    expect(judged.cell.notes).toContainEqual(expect.stringMatching(/did not end by itself/));
    expect(judged.cell.checks.filter(({ gating, outcome }) => gating && outcome === "fail")).toEqual([]);
    expect(judged).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("there is none to compare with") });
    await next(watched);
  });

  it("while it makes a base takes the tool that makes it with it", async () => {
    const watched = await watch("clean-killed-base", [...contract, "--catalog", await bootstrapped()]);
    await watched.until(/with mmdebstrap/);
    await expect.poll(async () => (await watched.left()).join("\n"), { timeout: 60_000 }).toContain("process");
    watched.running.kill("SIGKILL");
    await watched.ended();
    const isProcess = async () => (await watched.left()).filter(one => one.startsWith("process"));
    await expect.poll(isProcess, { timeout: 30_000 }).toEqual([]);
    await next(watched);
  });

  it("takes its containers with it by itself", async () => {
    const watched = await watch("clean-alone", contract);
    await watched.until(/qemu\.version exited/);
    expect((await watched.containers()).length).toBeGreaterThan(0);
    watched.running.kill("SIGKILL");
    await watched.ended();
    await expect.poll(watched.containers, { timeout: 30_000 }).toEqual([]);
    await next(watched);
  });
});
