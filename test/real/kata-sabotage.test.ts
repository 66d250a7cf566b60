import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ContainerWorkloadId, gatingContainers } from "../../src/model/words.ts";
import { type PipelineOptions, type Verified, verify } from "./pipeline.ts";
import { catalogOfContainers } from "./sabotage/catalog.ts";
import {
  containerdThatAsksFirst,
  containerdThatHangs,
  type FakeKata,
  kataTree,
  runcInDisguise,
  runcThatLies,
  shimThatEnds,
  testbedWithout,
} from "./sabotage/kata-trees.ts";
import { packageOf } from "./sabotage/package.ts";

/** An emulated machine takes a processor. */
const turns = pLimit(2);

const brief = ["own-kernel", "exec", "stop"] as const;

let folder: string;
/** Of what containers do all that decides, and as little as shows that runc did it. */
let catalogs: { readonly whole: string; readonly brief: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kv-kata-sabotage-"));
  catalogs = { whole: await catalogOf("whole", gatingContainers), brief: await catalogOf("brief", brief) };
});
afterAll(() => rm(folder, { recursive: true }));

const catalogOf = (name: string, containers: readonly ContainerWorkloadId[]) =>
  catalogOfContainers(join(folder, name), "debian-13", containers);

const debian = (catalog: string) => ["debian-13", "--testbed", "vm", "--catalog", catalog];

async function withKata(kata: FakeKata, { catalog = catalogs.brief, more = [] as string[] } = {}): Promise<Verified> {
  const tree = await kataTree(folder, kata);
  return turns(() => verify(kata.name, [...debian(catalog), "--kata", tree, ...more]));
}

/** On a testbed to which something is done before containerd is started. */
async function onSpoilt(kata: FakeKata): Promise<Verified> {
  return withKata(kata, { more: ["--with-package", await packageOf(folder, containerdThatAsksFirst)] });
}

const without = (options: PipelineOptions) => turns(() => verify("no-kata", debian(catalogs.brief), options));

/** What the control lane did: a workload that runc could not do either says so of each check. */
function expectControls({ said }: Verified) {
  expect(said["kata.control"]).toBe("pass");
  expect(Object.entries(said).filter(([, one]) => one.includes("control.failed"))).toEqual([]);
}

const reasonOf = ({ cell }: Verified, check: string) => cell.checks.find(({ id }) => id === check)?.reason;

describe.concurrent("a shim that is not Kata's", { timeout: 900_000 }, () => {
  test("is runc in disguise: all that containers do works, and there is no VM around them", async () => {
    const run = await withKata(runcInDisguise, { catalog: catalogs.whole });
    expectControls(run);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    const { "kata.own-kernel": kernel, ...said } = run.said;
    expect(kernel).toBe("fail kata.no-vm");
    expect(said).toMatchObject({ "kata.vmm": "fail kata.no-vm", "kata.virtiofsd": "fail kata.no-vm" });
    const others = gatingContainers.filter(id => id !== "own-kernel");
    expect(others.map(id => [id, said[`kata.${id}`]])).toEqual(others.map(id => [id, "pass"]));
  });

  test("is runc in disguise and makes up the nonce, a boot id and a kernel", async () => {
    const run = await withKata(runcThatLies);
    expectControls(run);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(run.said).toMatchObject({ "kata.own-kernel": "pass", "kata.exec": "pass", "kata.vmm": "fail kata.no-vm" });
  });

  test("ends at once", async () => {
    const run = await withKata(shimThatEnds);
    expectControls(run);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(run.said).toMatchObject({
      "kata.own-kernel": "fail kata.shim-exited",
      "kata.vmm": "error kata.shim-exited",
    });
  });
});

describe.concurrent("nothing is told of Kata where", { timeout: 900_000 }, () => {
  test("containerd hangs", async () => {
    const run = await onSpoilt(containerdThatHangs);
    expect(run).toMatchObject({ exitCode: 3, cell: { standing: "inconclusive", tiers: { contract: "pass" } } });
    const ofKata = Object.entries(run.said).filter(([id]) => id.startsWith("kata.") && id !== "kata.containerd");
    expect([...new Set(ofKata.map(([, said]) => said))]).toEqual(["error containerd.not-answering"]);
  });

  test("Kata cannot be had", async () => {
    const nowhere = "http://127.0.0.1:9";
    const run = await without({ env: { https_proxy: nowhere, HTTPS_PROXY: nowhere } });
    expect(run).toMatchObject({ exitCode: 3, cell: { standing: "inconclusive", tiers: { contract: "pass" } } });
    expect(run.said["kata.own-kernel"]).toBe("error kata.unavailable");
    expect(reasonOf(run, "kata.own-kernel")?.message).toMatch(/https:\/\/.*--kata PATH/s);
  });
});

describe.concurrent("a node that Kata opens is missing", { timeout: 900_000 }, () => {
  test.each([
    ["/dev/vhost-vsock", "vhost_vsock", "contract.host.devices", "fail host.device-missing"],
    ["/dev/kvm", "kvm_amd", "contract.host.kvm", "error infra.no-kvm"],
  ])("%s", async (node, module, check, says) => {
    const run = await onSpoilt(testbedWithout(node, module));
    expectControls(run);
    expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported" } });
    expect(run.said).toMatchObject({ [check]: "fail host.device-missing", "kata.own-kernel": says });
    for (const id of [check, "kata.own-kernel"]) expect(reasonOf(run, id)?.message).toContain(node);
  });
});
