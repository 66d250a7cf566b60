import { describe, expect, test } from "vitest";
import { TestbedGone } from "../../src/model/testbed.ts";
import { containerTestbed, openContainerTestbed } from "../../src/testbeds/container.ts";
import type { Container, ContainerSpec, Engine, ExecEnd, ExecOptions, PutFile } from "../../src/testbeds/engine.ts";

type Exec = (argv: readonly string[], options: ExecOptions) => Promise<ExecEnd>;

const nothing = new Uint8Array();

function fakeContainer(exec: Exec) {
  const written: PutFile[] = [];
  let disposals = 0;
  const container: Container = {
    id: "c1",
    exec: (argv, options = {}) => exec(argv, options),
    put: async files => void written.push(...files),
    get: async path => Buffer.from(path),
    exportTar: () => Promise.reject(new Error("not asked for")),
    commit: () => Promise.reject(new Error("not asked for")),
    keep: async name => ({ name: `kept-${name}`, program: ["podman", "--url", "unix:///run/p.sock"] }),
    [Symbol.asyncDispose]: async () => {
      disposals += 1;
    },
  };
  return { container, written, disposals: () => disposals };
}

/** What the stand-in prints at the end, behind what the program did. */
const trailer = (argv: readonly string[], words: string, stderr = "") =>
  Buffer.from(`${stderr}\n${argv[3]} ${words}\n`);

describe("run", () => {
  test("goes through the stand-in, with the command's own time", async () => {
    const seen: { argv?: readonly string[]; options?: ExecOptions } = {};
    const { container } = fakeContainer(async (argv, options) => {
      Object.assign(seen, { argv, options });
      return { code: 0, stdout: Buffer.from("out\xff", "latin1"), stderr: trailer(argv, "exited 3", "err\n") };
    });
    const command = { argv: ["a", "b c"], stdin: "in", env: { X: "1" }, timeoutMs: 5000 } as const;
    const observation = await containerTestbed(container).run(command);
    expect(observation).toMatchObject({ argv: ["a", "b c"], ending: { kind: "exited", code: 3 } });
    expect(Buffer.from(observation.stdout).toString("latin1")).toBe("out\xff");
    expect(Buffer.from(observation.stderr).toString()).toBe("err\n");
    expect(seen.argv?.slice(0, 3)).toEqual(["/run/kata-verify/standin", "run", "5000"]);
    expect(seen.argv?.slice(-3)).toEqual(["--", "a", "b c"]);
    expect(seen.options).toMatchObject({ env: { X: "1" }, stdin: Buffer.from("in") });
  });

  test.each([
    [undefined, undefined, 9, { kind: "exited", code: 0 }],
    [1000, undefined, 0, { kind: "exited", code: 0 }],
    [1000, undefined, 9, { kind: "truncated", afterBytes: 1000 }],
    [1000, "ENOTDIR", 0, { kind: "truncated", afterBytes: 1000 }],
  ])("needed whole %s, lost %s, left out %i", async (wholeBytes, lost, leftOut, ending) => {
    const words = lost === undefined ? "exited 0" : `exited 0 lost ${lost}`;
    const { container } = fakeContainer(async (argv, { share }) => {
      expect(share).toEqual({ head: wholeBytes ?? 96 * 1024, tail: 32 * 1024 });
      return { code: 0, stdout: Buffer.from("out"), stderr: trailer(argv, words), leftOut };
    });
    const command = { argv: ["x"], timeoutMs: 1, ...(wholeBytes === undefined ? {} : { wholeBytes }) } as const;
    expect((await containerTestbed(container).run(command)).ending).toEqual(ending);
  });

  test("a program that prints what a stand-in would print deceives nobody", async () => {
    const { container } = fakeContainer(async argv => ({
      code: 0,
      stdout: nothing,
      stderr: trailer(argv, "exited 1", "\n00112233445566778899aabbccddeeff exited 0\n"),
    }));
    const observation = await containerTestbed(container).run({ argv: ["x"], timeoutMs: 1 });
    expect(observation.ending).toEqual({ kind: "exited", code: 1 });
  });

  test.each([
    ["low 0\noom 0\noom_kill 0\n", "infra.testbed-gone"],
    ["low 0\noom 3\noom_kill 1\n", "infra.memory"],
    ["oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", "infra.memory"],
  ])(
    "a stand-in that did not get to its last line is a testbed that is gone, and the kernel knows why: %j",
    async (counts, code) => {
      const { container } = fakeContainer(async argv =>
        argv[0] === "cat"
          ? { code: 1, stdout: Buffer.from(counts), stderr: nothing }
          : { code: 137, stdout: nothing, stderr: Buffer.from("half") },
      );
      const call = containerTestbed(container).run({ argv: ["x"], timeoutMs: 1 });
      await expect(call).rejects.toBeInstanceOf(TestbedGone);
      await expect(call).rejects.toMatchObject({ code });
    },
  );

  test("passes on that the container or the engine is gone", async () => {
    const { container } = fakeContainer(() => Promise.reject(new TestbedGone("dead", "infra.engine-gone")));
    const call = containerTestbed(container).run({ argv: ["x"], timeoutMs: 1 });
    await expect(call).rejects.toMatchObject({ code: "infra.engine-gone" });
  });

  test("starts few at once, and lets those that stay run beside the rest", async () => {
    const ends: (() => void)[] = [];
    const { container } = fakeContainer(
      argv =>
        new Promise(resolve => {
          ends.push(() => resolve({ code: 0, stdout: nothing, stderr: trailer(argv, "exited 0") }));
        }),
    );
    const bed = containerTestbed(container);
    const runs = Array.from({ length: 6 }, () => bed.run({ argv: ["x"], timeoutMs: 1 }));
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(ends.length).toBe(4);
    await expect.poll(() => ends.length, { timeout: 5000 }).toBe(6);
    for (const end of ends) end();
    await Promise.all(runs);
  });
});

test("that is kept is entered and removed by its name, through the engine's own program", async () => {
  const { container } = fakeContainer(() => Promise.reject(new Error("not asked for")));
  const podman = ["podman", "--url", "unix:///run/p.sock"];
  expect(await containerTestbed(container).keep("a")).toEqual({
    enter: [...podman, "exec", "-it", "kept-a", "sh"],
    remove: [[...podman, "rm", "-f", "kept-a"]],
  });
});

describe("openContainerTestbed", () => {
  const spec: ContainerSpec = { image: "x", run: "r", capabilities: [], devices: [], mounts: [], network: "none" };
  const engineOf = (container: Container, seen: ContainerSpec[] = []) =>
    ({
      start: async (asked: ContainerSpec) => {
        seen.push(asked);
        return container;
      },
    }) as unknown as Engine;

  test("puts the stand-in into memory, where no image that is made of it has it", async () => {
    const { container, written } = fakeContainer(() => Promise.reject(new Error("not asked for")));
    const asked: ContainerSpec[] = [];
    const standin = Buffer.from("ELF");
    await openContainerTestbed(engineOf(container, asked), { ...spec, tmpfs: ["/tmp"], standin });
    expect(written).toEqual([{ path: "/run/kata-verify/standin", contents: standin, mode: 0o755 }]);
    expect(asked).toEqual([{ ...spec, tmpfs: ["/tmp", "/run/kata-verify"] }]);
  });

  test("leaves no container behind when that fails", async () => {
    const { container, disposals } = fakeContainer(() => Promise.reject(new Error("not asked for")));
    const broken: Container = { ...container, put: () => Promise.reject(new Error("read-only")) };
    await expect(openContainerTestbed(engineOf(broken), { ...spec, standin: nothing })).rejects.toThrow("read-only");
    expect(disposals()).toBe(1);
  });
});
