import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { givenKata } from "../../src/images/kata/given.ts";
import type { KeptOptions } from "../../src/images/release/kept.ts";
import { readTarball } from "../../src/images/release/tarball.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { entriesOf, fileEntry, kata4, tar } from "../images/kata/release-files.ts";
import { containersOf, openEngine } from "./engine-socket.ts";
import { run, verify } from "./pipeline.ts";
import { tools } from "./tools.ts";

const id = `test-${randomBytes(4).toString("hex")}`;
const shim = "runtime-rs/bin/containerd-shim-kata-v2";
const version = "Kata Containers containerd shim (Rust): id: io.containerd.kata.v2, version: 4.0.0, commit: c";

/** A release whose shim is a program that says what Kata's says. */
const release = { ...kata4, [shim]: `#!/bin/sh\n[ "$1" = --version ] && echo '${version}'\n` };
const bulk = randomBytes(4 * 2 ** 20).toString("latin1");

let engine: Engine;
let folder: string;
let options: KeptOptions;

beforeAll(async () => {
  engine = await openEngine();
  folder = await mkdtemp(join(tmpdir(), "kv-kata-"));
  const { imageId } = await tools(engine);
  options = { engine, tools: imageId, run: id, cache: join(folder, "cache"), tell: () => {} };
});

afterAll(async () => {
  expect(await containersOf(`${runLabel}=${id}`)).toEqual([]);
  await rm(folder, { recursive: true });
});

/** What the tools image's own programs make of it. */
async function compressed(program: "zstd" | "xz", contents: Uint8Array): Promise<Buffer> {
  const alone = { capabilities: [], devices: [], mounts: [], network: "none" } as const;
  await using container = await engine.start({ ...alone, image: options.tools, run: id });
  const { code, stdout } = await container.exec([program, "-c", "-1"], { stdin: contents });
  expect(code).toBe(0);
  return Buffer.from(stdout);
}

async function file(name: string, contents: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, contents);
  return path;
}

const given = (path: string) => givenKata(path, { guestKernel: "distro" }, options);
const wholeTar = () => tar([...entriesOf(release), fileEntry("./opt/kata/bulk", bulk)]);

describe.each(["zstd", "xz"] as const)("a tarball by %s", program => {
  test("is unpacked with what is used of it, and its shim asked which Kata it is", async () => {
    const path = await file(`whole.tar.${program}`, await compressed(program, await wholeTar()));
    const { binaries, files } = await given(path);
    expect(binaries).toMatchObject({ source: "path", runtime: "rust", version: "4.0.0", shim: `/opt/kata/${shim}` });
    const own = files.find(one => one.path === binaries.shim);
    expect(Buffer.from((await own?.read()) ?? []).toString()).toBe(release[shim]);
  });

  test("that is cut off is refused, and so is one with a flipped bit", async () => {
    const whole = await compressed(program, await wholeTar());
    const half = await file(`half.tar.${program}`, whole.subarray(0, whole.length / 2));
    await expect(given(half)).rejects.toMatchObject({
      name: "UsageError",
      message: expect.stringMatching(/: the tarball (?:is cut off or damaged|cannot be unpacked): /),
    });
    const at = Math.floor(whole.length / 2);
    whole.writeUInt8(whole.readUInt8(at) ^ 1, at);
    await expect(given(await file(`flipped.tar.${program}`, whole))).rejects.toMatchObject({ name: "UsageError" });
  });
});

test("a large tarball goes through in little memory, and stops where nobody wants more", async () => {
  const size = 300 * 2 ** 20;
  const alone = { capabilities: [], devices: [], mounts: [], network: "none" } as const;
  await using container = await engine.start({ ...alone, image: options.tools, run: id });
  const script = `truncate -s ${size} /tmp/big && tar -c -C /tmp big big | zstd -1 -c`;
  const { stdout } = await container.exec(["sh", "-c", script]);
  const path = await file("large.tar.zst", stdout);
  const before = process.memoryUsage().rss;
  const peak = { bytes: 0 };
  const watch = setInterval(() => {
    peak.bytes = Math.max(peak.bytes, process.memoryUsage().rss);
  }, 50);
  const seen: string[] = [];
  const startedAt = performance.now();
  await readTarball(path, options, async ({ header }) => {
    seen.push(`${header.name} ${header.size}`);
    return seen.length === 2 ? "enough" : "more";
  }).finally(() => clearInterval(watch));
  expect(seen).toEqual([`big ${size}`, "big 0"]);
  expect(peak.bytes - before).toBeLessThan(200 * 2 ** 20);
  expect(performance.now() - startedAt).toBeLessThan(60_000);
});

test("a shim that does not run is no Kata, and neither is one that another user may not read", async () => {
  const broken = { ...kata4, [shim]: "\u007fELF" };
  await expect(given(await file("broken.tar", await tar(entriesOf(broken))))).rejects.toMatchObject({
    name: "UsageError",
    message: expect.stringContaining("does not say which Kata it is"),
  });
});

describe("from the command line", () => {
  test("a tarball that is cut off ends with exit code 2 and what was expected", async () => {
    const whole = await compressed("zstd", await wholeTar());
    const path = await file("cli.tar.zst", whole.subarray(0, whole.length / 2));
    const out = join(folder, "results");
    const { exitCode, stderr } = await run(["verify", "debian-13", "--kata", path, "--out", out]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`--kata ${path}: the tarball `)]);
    expect(stderr).toContain("Expected is Kata 3 or later");
  });

  test("without Kata and without a network nothing is told of Kata, and everything else is judged", async () => {
    // Nobody listens there: as good as no network, wherever this runs.
    const env = { HTTPS_PROXY: "http://127.0.0.1:65534" };
    const argv = ["debian-13", "--testbed", "container", "--scenario", "qemu-distro-kernel"];
    const { exitCode, cell, said } = await verify("kata-unavailable", argv, { env });
    expect([exitCode, cell.standing]).toEqual([3, "inconclusive"]);
    expect(said["contract.qemu.shipped"]).toBe("pass");
    expect(said["guest.console"]).toBe("pass");
    const kata = cell.checks.filter(check => check.tier === "kata" && check.gating);
    expect(kata.length).toBeGreaterThan(5);
    expect(new Set(kata.map(({ outcome, reason }) => `${outcome} ${reason?.code}`))).toEqual(
      new Set(["error kata.unavailable"]),
    );
    expect(kata[0]?.reason?.message).toMatch(/^Kata \S+ could not be had from https:\S+: .*; other ways: --kata PATH,/);
  });
});
