import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pLimit from "p-limit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Verified, verify } from "../real/pipeline.ts";
import { catalogWith } from "../real/sabotage/catalog.ts";
import { containerdThatAsksFirst } from "../real/sabotage/kata-trees.ts";
import { kernelWithoutVsock } from "../real/sabotage/kernels.ts";
import { packageOf, type Sabotage } from "../real/sabotage/package.ts";
import {
  initrdWithoutAgent,
  kataAtHand,
  type Spoilt,
  spoiltKata,
  virtiofsdThatDies,
  vmmThatFallsBack,
  vmmWithoutVirtiofs,
} from "./kata-copies.ts";

/** An emulated machine takes a processor. */
const turns = pLimit(2);

let folder: string;
/** Of what containers do, as little as shows that runc did it. */
let catalog: string;

beforeAll(async () => {
  kataAtHand();
  folder = await mkdtemp(join(tmpdir(), "kv-kata-at-hand-"));
  catalog = await catalogWith(join(folder, "catalog"), "debian-13", () => ({}));
  const path = join(catalog, "scenarios", "qemu-distro-kernel.json");
  const scenario = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...scenario, workloads: [], containers: ["own-kernel", "exec", "stop"] }));
});
afterAll(() => folder && rm(folder, { recursive: true }));

async function withKata(name: string, kata: string, sabotage: Sabotage): Promise<Verified> {
  const more = ["--kata", kata, "--runtime", "go", "--with-package", await packageOf(folder, sabotage)];
  return turns(() => verify(name, ["debian-13", "--testbed", "vm", "--catalog", catalog, ...more]));
}

const onSpoilt = async (spoilt: Spoilt): Promise<Verified> =>
  withKata(spoilt.name, await spoiltKata(folder, spoilt), containerdThatAsksFirst);

/** Kata's own tool, which says the configuration, is not there in a copy of Kata that spoils its testbed. */
const deciding = ({ cell }: Verified) => cell.checks.filter(({ tier, gating }) => tier === "kata" && gating);

/** runc did it all, Kata did not, and each check that says so says why. */
function expectTold(run: Verified, says: string) {
  expect(run.said["kata.control"]).toBe("pass");
  expect(run).toMatchObject({ exitCode: 1, cell: { standing: "unsupported", tiers: { kata: "fail" } } });
  expect(run.said["kata.own-kernel"]).toBe(says);
  const troubles = deciding(run).flatMap(({ reason }) => reason?.code ?? []);
  for (const vague of ["harness.not-observed", "harness.output-unreadable", "infra.slow", "infra.emulation-stall"])
    expect(troubles, vague).not.toContain(vague);
}

const reasonOf = ({ cell }: Verified, check: string) => cell.checks.find(({ id }) => id === check)?.reason;

describe.concurrent("Kata is told what it cannot do with", () => {
  test("a VMM that gives the guest no shared folder", async () => {
    expectTold(await onSpoilt(vmmWithoutVirtiofs), "fail guest.virtiofs-mount");
  });

  test("a VMM that was asked for KVM and runs TCG", async () => {
    const run = await onSpoilt(vmmThatFallsBack);
    expectTold(run, "fail acceleration.fell-back");
    expect(run).toMatchObject({ cell: { acceleration: "tcg" }, said: { "kata.vmm": "fail acceleration.fell-back" } });
  });

  test("a virtiofsd that dies after its first request", async () => {
    expectTold(await onSpoilt(virtiofsdThatDies), "fail virtiofsd.exited-early");
  });

  test("a guest's kernel without vsock", async () => {
    const run = await withKata("no-vsock", kataAtHand(), kernelWithoutVsock);
    expectTold(run, "fail guest.agent-no-vsock");
  });

  test("an initrd without an agent", async () => {
    const run = await onSpoilt(initrdWithoutAgent);
    expectTold(run, "fail kata.no-agent");
    expect(reasonOf(run, "kata.own-kernel")?.detail).not.toBe("");
  });
});
