import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { connectEngine } from "../../src/testbeds/engine/connect.ts";
import { ownerLabel, ownName, runLabel } from "../../src/testbeds/engine/owner.ts";
import type { Container, ContainerSpec, Engine } from "../../src/testbeds/engine.ts";
import { debianBase } from "./base-image.ts";
import { openEngineProxy } from "./engine-proxy.ts";
import { containersOf, docker, openEngine } from "./engine-socket.ts";

const run = `test-${randomBytes(4).toString("hex")}`;
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let engine: Engine;
let spec: ContainerSpec;
let container: Container;

beforeAll(async () => {
  engine = await openEngine();
  const image = await debianBase(engine);
  spec = { image, run, capabilities: [], devices: [], mounts: [], network: "none", tmpfs: ["/run/in-memory"] };
  container = await engine.start(spec);
});

afterAll(async () => {
  await container[Symbol.asyncDispose]();
  expect(await containersOf(`${runLabel}=${run}`)).toEqual([]);
});

test("names the engine and its version", () => {
  expect(engine.name).toMatch(/^(Docker|Podman) \d+\.\d+/);
});

describe("exec", () => {
  test("keeps the streams apart and returns the code", async () => {
    const end = await container.exec(["sh", "-c", 'printf "a\\0\\377"; printf b >&2; exit 7']);
    expect([end.code, Buffer.from(end.stdout).toString("latin1"), text(end.stderr)]).toEqual([7, "a\0\xff", "b"]);
  });

  test("takes arguments as they are", async () => {
    const argv = ["", "a b", "$HOME", "ü", "\n"];
    const end = await container.exec(["sh", "-c", 'printf "[%s]" "$@"', "sh", ...argv]);
    expect(text(end.stdout)).toBe(argv.map(one => `[${one}]`).join(""));
  });

  test("brings 100 MB back, and 20 MB there, byte by byte", async () => {
    const big = await container.exec(["head", "-c", "100000000", "/dev/zero"]);
    expect(sha256(big.stdout)).toBe(sha256(Buffer.alloc(100_000_000)));
    const bytes = randomBytes(20_000_000);
    expect(text((await container.exec(["sha256sum"], { stdin: bytes })).stdout)).toContain(sha256(bytes));
  });

  test("hands what is printed to a taker, at the pace of that one", async () => {
    const hash = createHash("sha256");
    const peak = { bytes: 0 };
    const slow = new Writable({
      write: (chunk, _, done) => {
        hash.update(chunk);
        peak.bytes = Math.max(peak.bytes, slow.writableLength);
        setImmediate(done);
      },
    });
    const { code, stdout } = await container.exec(["head", "-c", "30000000", "/dev/zero"], { stdoutTo: slow });
    await finished(slow);
    expect([code, stdout.length, hash.digest("hex")]).toEqual([0, 0, sha256(Buffer.alloc(30_000_000))]);
    expect(peak.bytes).toBeLessThan(2_000_000);
  });

  test("a taker that closes early keeps no program waiting", async () => {
    const gone = new Writable({ write: () => gone.destroy() });
    const end = await container.exec(["head", "-c", "30000000", "/dev/zero"], { stdoutTo: gone });
    expect([end.code, end.stdout.length]).toEqual([0, 0]);
  });

  test("without stdin the program reads end of file; it may also not read what it is given", async () => {
    expect(await container.exec(["cat"])).toMatchObject({ code: 0, stdout: Buffer.alloc(0) });
    expect(await container.exec(["true"], { stdin: Buffer.alloc(10_000_000) })).toMatchObject({ code: 0 });
  });

  test("a program that is not there is no success", async () => {
    expect((await container.exec(["/no/such/program"])).code).toBeGreaterThanOrEqual(126);
  });

  test("an abort ends the waiting", async () => {
    const call = container.exec(["sleep", "1000"], { signal: AbortSignal.timeout(300) });
    await expect(call).rejects.toThrow(/timeout/);
  });
});

test("puts files with their folders and modes, where something is mounted too, and gets them back", async () => {
  const contents = randomBytes(3_000_000);
  await container.put([
    { path: "/run/in-memory/a/b c", contents, mode: 0o750 },
    { path: "/etc/'x' $y", contents: "old" },
    { path: "/etc/'x' $y", contents: "new" },
  ]);
  expect(sha256(await container.get("/run/in-memory/a/b c"))).toBe(sha256(contents));
  expect(text(await container.get("/etc/'x' $y"))).toBe("new");
  const modes = await container.exec(["stat", "-c", "%a %u", "/run/in-memory/a/b c", "/etc/'x' $y"]);
  expect(text(modes.stdout)).toBe("750 0\n644 0\n");
  await expect(container.get("/no/such")).rejects.toThrow("No such file");
});

describe("privileges", () => {
  test("no capability, no new privileges, a filter on system calls, no network", async () => {
    const { stdout } = await container.exec(["cat", "/proc/self/status"]);
    expect(text(stdout)).toMatch(/^CapBnd:\t0{16}$/m);
    expect(text(stdout)).toMatch(/^NoNewPrivs:\t1$/m);
    expect(text(stdout)).toMatch(/^Seccomp:\t2$/m);
    const links = text((await container.exec(["cat", "/proc/net/dev"])).stdout)
      .split("\n")
      .slice(2, -1);
    expect(links.map(line => line.split(":")[0]?.trim())).toEqual(["lo"]);
    expect((await container.exec(["chown", "1:1", "/etc/hostname"])).code).toBe(1);
  });

  test("what is named, and no more", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kv-mount-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await chmod(folder, 0o755);
    await writeFile(join(folder, "f"), "here");
    const mounts = [{ source: folder, target: "/given", readOnly: true }];
    const asked: ContainerSpec = {
      ...spec,
      capabilities: ["CHOWN"],
      devices: ["/dev/kmsg"],
      mounts,
      confinement: "vmm",
    };
    await using other = await engine.start({ ...asked, user: "65534:65534", groups: ["4711"], env: { GIVEN: "a b" } });
    const script =
      'cat /given/f; echo; id -u; id -G; echo "$GIVEN"; test -c /dev/kmsg; echo $?; touch /given/g; echo $?';
    const { stdout } = await other.exec(["sh", "-c", `${script}; grep -E "CapBnd|NoNew|Seccomp:" /proc/self/status`]);
    expect(text(stdout).split("\n")).toEqual([
      "here",
      "65534",
      expect.stringContaining("4711"),
      "a b",
      "0",
      "1",
      "CapBnd:\t0000000000000001",
      "NoNewPrivs:\t1",
      // Podman's service takes no profile of ours.
      `Seccomp:\t${engine.name.startsWith("Docker") ? 2 : 0}`,
      "",
    ]);
  });

  test("a device that is not there is a testbed that does not start, and nothing is left", async () => {
    const call = engine.start({ ...spec, devices: ["/dev/no-such-device"] });
    await expect(call).rejects.toMatchObject({
      name: "TestbedGone",
      message: expect.stringContaining("no-such-device"),
    });
    expect(await containersOf(`${runLabel}=${run}`)).toHaveLength(1);
  });
});

describe("images", () => {
  test("a commit has what was written, the labels, and not the container's own", async () => {
    await container.put([{ path: "/var/tmp/committed", contents: "yes" }]);
    const name = `kata-verify/test:${run}`;
    const facts = await container.commit({ "io.kata-verify.test": 'a "b" $c \\' }, name);
    expect(facts.labels).toMatchObject({ "io.kata-verify.test": 'a "b" $c \\', [runLabel]: "", [ownerLabel]: "" });
    expect((await engine.image(name))?.id).toBe(facts.id);
    expect((await engine.images("io.kata-verify.test")).map(one => one.id)).toContain(facts.id);
    await using other = await engine.start({ ...spec, image: facts.id });
    expect(text(await other.get("/var/tmp/committed"))).toBe("yes");
    // In use: left alone. Then gone, and gone again is no trouble.
    await engine.removeImage(facts.id);
    await other[Symbol.asyncDispose]();
    await engine.removeImage(facts.id);
    await engine.removeImage(facts.id);
    expect(await engine.image(facts.id)).toBeUndefined();
  });

  test("an export can be imported again", async () => {
    await container.put([{ path: "/var/tmp/exported", contents: "yes" }]);
    const facts = await engine.importTar(await container.exportTar(), { "io.kata-verify.test": run });
    expect(facts.labels).toEqual({ "io.kata-verify.test": run });
    await using other = await engine.start({ ...spec, image: facts.id });
    expect(text(await other.get("/var/tmp/exported"))).toBe("yes");
    await other[Symbol.asyncDispose]();
    await engine.removeImage(facts.id);
  });
});

describe("the end of a container", () => {
  test("in the middle of a command, by its own main process", async () => {
    await using other = await engine.start(spec);
    const commands = [1, 2, 3].map(() => other.exec(["sleep", "1000"]));
    const settled = Promise.allSettled(commands);
    await other.exec(["true"]);
    await docker.getContainer(other.id).kill();
    for (const one of await settled) expect(one).toMatchObject({ reason: { code: "infra.testbed-gone" } });
    await expect(other.exec(["true"])).rejects.toMatchObject({ code: "infra.testbed-gone" });
    await expect(other.get("/etc/hostname")).rejects.toMatchObject({ code: "infra.testbed-gone" });
    const tar = await other.exportTar();
    await expect(buffer(tar)).rejects.toMatchObject({ code: "infra.testbed-gone" });
  });

  test.each([0, 20, 40, 60, 80, 100])("%i ms after commands began to join it", async ms => {
    await using other = await engine.start(spec);
    const settled = Promise.allSettled([1, 2, 3, 4].map(() => other.exec(["sleep", "1000"])));
    await sleep(ms);
    await docker.getContainer(other.id).kill();
    for (const one of await settled) expect(one).toMatchObject({ reason: { code: "infra.testbed-gone" } });
  });

  test("when the harness is killed, by itself", async () => {
    const outfile = join("node_modules", ".cache", `hold-container-${run}.mjs`);
    await build({
      entryPoints: [join(import.meta.dirname, "hold-container.ts")],
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      packages: "external",
      outfile,
    });
    const child = spawn(process.execPath, [outfile, spec.image, `${run}-killed`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    const label = `${runLabel}=${run}-killed`;
    expect(await containersOf(label)).toHaveLength(1);
    child.kill("SIGKILL");
    await expect.poll(() => containersOf(label), { timeout: 20_000 }).toEqual([]);
    await rm(outfile);
  });

  test("a sweep takes the containers of dead processes and no others", async () => {
    const [, , place] = ownName().split(":");
    const labels = { [runLabel]: `${run}-dead`, [ownerLabel]: `4194305:1:${place}` };
    const dead = await docker.createContainer({ Image: spec.image, Cmd: ["true"], Labels: labels });
    expect(await engine.sweep()).toBeGreaterThanOrEqual(1);
    await expect(dead.inspect()).rejects.toMatchObject({ statusCode: 404 });
    expect((await container.exec(["true"])).code).toBe(0);
  });
});

describe("the end of the engine", () => {
  const quick = { everyMs: 200, answerMs: 1000 };
  const label = `${runLabel}=${run}-engine`;

  test.each(["kill", "freeze"] as const)(
    "%s in the middle of commands: they end, and so does the container",
    async how => {
      await using proxy = await openEngineProxy();
      const through = await connectEngine(proxy.address, quick);
      const other = await through.start({ ...spec, run: `${run}-engine` });
      const settled = Promise.allSettled([1, 2, 3].map(() => other.exec(["sleep", "1000"])));
      await other.exec(["true"]);
      const before = Date.now();
      proxy[how]();
      for (const one of await settled) expect(one).toMatchObject({ reason: { code: "infra.engine-gone" } });
      expect(Date.now() - before).toBeLessThan(10_000);
      await expect(other.exec(["true"])).rejects.toMatchObject({ code: "infra.engine-gone" });
      await expect(through.start(spec)).rejects.toMatchObject({ code: "infra.engine-gone" });
      await other[Symbol.asyncDispose]();
      proxy.kill();
      await expect.poll(() => containersOf(label), { timeout: 20_000 }).toEqual([]);
    },
  );
});
