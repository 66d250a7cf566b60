import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Container, type Engine, EngineGone, type ExecOptions } from "../../../src/testbeds/engine.ts";
import { lookAtRunner, type RunnerLook } from "../../../src/testbeds/vm/kvm.ts";
import { preflight, readBoot } from "../../../src/testbeds/vm/preflight.ts";
import { rememberedPreflight } from "../../../src/testbeds/vm/remembered.ts";
import { fakeEngine } from "../../images/fake-engine.ts";

// What this machine shows of itself is not what is asked here.
vi.mock(import("../../../src/testbeds/vm/kvm.ts"), async original => ({
  ...(await original()),
  lookAtRunner: vi.fn(),
}));

const shows = (more: Partial<RunnerLook> = {}): void => {
  const look = { device: true, virtualized: false, emulated: false, vhostVsock: true, nested: true, ...more };
  vi.mocked(lookAtRunner).mockImplementation(async path => ({ ...look, device: path !== "/nonexistent" }));
};
beforeEach(() => shows());

test.each([
  ["SeaBIOS\r\n[ 0.9] Run /init\r\nkata-verify: a kernel booted\r\n", { kvm: "boots" }],
  [
    "KVM internal error. Suberror: 1\nextra data[0]: 0x01\nemulation failure\nRAX=0\n",
    { kvm: "unusable", saw: "KVM internal error. Suberror: 1, emulation failure" },
  ],
  [
    "qemu-system-x86_64: failed to initialize kvm: Permission denied\n",
    { kvm: "unusable", saw: "qemu-system-x86_64: failed to initialize kvm: Permission denied" },
  ],
  ["error: kvm run failed Bad address\n", { kvm: "unusable" }],
])("%j", (printed, seen) => {
  expect(readBoot(printed)).toMatchObject(seen);
});

test("a kernel that is on its way proves nothing yet", () => {
  expect(readBoot("[    0.000000] Linux version 6.12\n")).toBeUndefined();
});

test("a warning of QEMU's is no refusal", () => {
  expect(readBoot("qemu-system-x86_64: warning: host doesn't support requested feature\n")).toBeUndefined();
});

describe("what is remembered", () => {
  type Exec = (options: ExecOptions) => Promise<unknown>;
  const prints =
    (text: string): Exec =>
    async ({ onStderr }) =>
      onStderr?.(Buffer.from(text));
  const boots = prints("kata-verify: a kernel booted\n");
  const gone: Exec = () => Promise.reject(new EngineGone("the engine is gone"));

  function engineThat(exec: Exec, signature = ""): Engine {
    const engine = fakeEngine();
    const start: Engine["start"] = async spec => {
      const container = await engine.start(spec);
      const run: Container["exec"] = async (argv, options = {}) => {
        await exec(options);
        if (argv.at(-1) === "cpuid") return { code: 0, stdout: Buffer.from(signature), stderr: new Uint8Array() };
        return { code: 0, stdout: new Uint8Array(), stderr: new Uint8Array() };
      };
      return { ...container, exec: run };
    };
    return { ...engine, start };
  }

  async function runner() {
    const cache = await mkdtemp(join(tmpdir(), "kata-verify-preflight-"));
    onTestFinished(() => rm(cache, { recursive: true }));
    const tools = { imageId: "sha256:0", key: "0".repeat(64), standin: new Uint8Array(), busybox: new Uint8Array() };
    const look = (exec: Exec, fresh = false, key = tools.key, signature = "") =>
      preflight({
        ...{
          engine: engineThat(exec, signature),
          tools: { ...tools, key },
          cache,
          fresh,
          run: "r",
          user: "0:0",
          device: "/dev/null",
        },
      });
    return Object.assign(look, { remembered: (device = "/dev/null") => rememberedPreflight(cache, device) });
  }

  test("an engine that fails is said to fail, and says nothing of KVM", async () => {
    const look = await runner();
    await expect(look(gone)).rejects.toThrow(EngineGone);
    expect(await look(boots)).toMatchObject({ kvm: "boots" });
  });

  test("that a kernel booted is, until it is to be looked at anew", async () => {
    const look = await runner();
    const broken = prints("KVM internal error. Suberror: 1\nemulation failure\n");
    await look(boots);
    expect(await look(gone)).toMatchObject({ kvm: "boots" });
    expect(await look(broken, true)).toMatchObject({ kvm: "unusable" });
    expect(await look(boots)).toMatchObject({
      kvm: "unusable",
      saw: "KVM internal error. Suberror: 1, emulation failure",
    });
    expect(await look(boots, true)).toMatchObject({ kvm: "boots" });
  });

  test.each([
    "",
    "qemu-system-x86_64: cannot set up guest memory 'ram': Cannot allocate memory\n",
    "qemu-system-x86_64: failed to initialize kvm: Device or resource busy\n",
    "error: kvm run failed Bad address\n",
  ])("what may pass is not: %j", async text => {
    const look = await runner();
    expect(await look(prints(text))).toMatchObject({ kvm: "unusable" });
    expect(await look(boots)).toMatchObject({ kvm: "boots" });
  });

  test("is found without an engine and without tools: the latest, while KVM is there", async () => {
    const look = await runner();
    expect(await look.remembered()).toBeUndefined();
    const broken = prints("KVM internal error. Suberror: 1\nemulation failure\n");
    await look(broken, false, "1".repeat(64));
    expect(await look.remembered()).toMatchObject({ kvm: "unusable", vhostVsock: expect.any(Boolean) });
    await new Promise(resolve => setTimeout(resolve, 20));
    await look(boots);
    expect(await look.remembered()).toMatchObject({ kvm: "boots" });
    expect(await look.remembered("/nonexistent")).toBeUndefined();
  });

  test.each([
    ["TCGTCGTCGTCG\n", { emulated: true, virtualized: true, signature: "TCGTCGTCGTCG" }],
    ["KVMKVMKVM\n", { emulated: false, virtualized: true, signature: "KVMKVMKVM" }],
    ["\n", { emulated: false, virtualized: true, signature: "" }],
  ])("with who runs the processor, as it says itself: %j", async (signature, seen) => {
    const look = await runner();
    expect(await look(boots, false, undefined, signature)).toMatchObject({ kvm: "boots", ...seen });
    expect(await look(gone)).toMatchObject(seen);
    expect(await look.remembered()).toMatchObject(seen);
  });

  test("with nobody, where the processor says nothing", async () => {
    const look = await runner();
    const seen = await look(boots);
    expect(seen).toMatchObject({ emulated: false, virtualized: false });
    expect(seen).not.toHaveProperty("signature");
  });

  test("that nothing proved the processor real is not, once something does", async () => {
    const look = await runner();
    shows({ emulated: true, unproven: true });
    expect(await look(boots)).toMatchObject({ emulated: true, unproven: true });
    expect(await look.remembered()).toMatchObject({ emulated: true, unproven: true });
    shows();
    for (const seen of [await look(gone), await look.remembered()]) {
      expect(seen).toMatchObject({ kvm: "boots", emulated: false });
      expect(seen).not.toHaveProperty("unproven");
    }
  });

  test.each([
    ["KVMKVMKVM\n", "no kernel booted within 15 s"],
    ["TCGTCGTCGTCG\n", "no kernel booted within 150 s"],
  ])("nor is that it took too long: %j", async (signature, saw) => {
    const look = await runner();
    const patience = vi.spyOn(AbortSignal, "timeout").mockImplementation(() => AbortSignal.abort());
    onTestFinished(() => patience.mockRestore());
    const late: Exec = async ({ signal }) => signal?.throwIfAborted();
    expect(await look(late, false, undefined, signature)).toMatchObject({ kvm: "unusable", saw });
    expect(await look(boots)).toMatchObject({ kvm: "boots" });
  });
});
