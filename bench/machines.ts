import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareTools, type Tools } from "../src/images/tools.ts";
import { connectEngine } from "../src/testbeds/engine/connect.ts";
import type { Engine } from "../src/testbeds/engine.ts";
import { bootInitrd } from "../src/testbeds/vm/initrd.ts";
import { type Ingredients, startByHand } from "./by-hand.ts";
import { startByProduct } from "./by-product.ts";
import { type Run, verifyDebian13 } from "./cli.ts";
import { coldByHand } from "./cold-by-hand.ts";
import { guestByHand, handFolder, initrdPath } from "./guest-by-hand.ts";
import { least, say } from "./measure.ts";

const times = 4;

/** The one that was used last. */
function latest(folder: string): string {
  const used = (name: string) => statSync(join(folder, name)).mtimeMs;
  const names = readdirSync(folder).filter(name => !/\.(?:lock|use)$/.test(name));
  const [name] = names.sort((a, b) => used(b) - used(a));
  if (!name) throw new Error(`${folder} is empty`);
  return join(folder, name);
}

export interface Made {
  readonly engine: Engine;
  readonly tools: Tools;
  readonly given: Ingredients;
  /** The guest's initramfs. */
  readonly guest: Uint8Array;
}

/** What the last run had. */
export async function made(root: string, cache: string): Promise<Made> {
  const engine = await connectEngine({ DOCKER_HOST: process.env["DOCKER_HOST"] });
  const options = { folder: cache, maxAgeMs: Number.POSITIVE_INFINITY, fresh: false };
  const sources = join(root, "standin");
  const tools = await prepareTools(engine, { cache: options, run: "bench", sources, tell: () => {} });
  const disk = latest(join(cache, "disks"));
  const given = {
    image: tools.imageId,
    disk,
    snapshot: latest(join(cache, "snapshots")),
    initrd: await bootInitrd({ ...tools, modules: join(disk, "modules") }),
  };
  // What is kept is behind its own digest.
  return { engine, tools, given, guest: readFileSync(latest(join(cache, "initramfs"))).subarray(32) };
}

interface ByHand {
  readonly restoreMs: number;
  readonly guestMs: number;
}

async function restoreAndBoot({ given, guest }: Made, run: Run): Promise<ByHand> {
  await using vm = await startByHand(given, true);
  await vm.run(`mkdir -p ${handFolder}`);
  await vm.write(initrdPath, guest);
  const said = await vm.run(guestByHand(run.evidence));
  const took = /took (\d+)/.exec(said)?.[1];
  if (took === undefined) throw new Error(`the guest by hand did not come up: ${said}`);
  return { restoreMs: vm.tookMs, guestMs: Number(took) };
}

async function bootByHand({ given }: Made): Promise<number> {
  await using vm = await startByHand(given, false);
  return vm.tookMs;
}

/** Restores, boots and whole runs, in turn with the same commands by hand. */
export async function machines(root: string): Promise<void> {
  // Its own: what was used last in it is what was used here.
  const home = join(root, ".cache", "bench-cache");
  const env = { ...process.env, XDG_CACHE_HOME: home };
  const cache = join(home, "kata-verify");
  await verifyDebian13(root, env);
  const runs: Run[] = [];
  const hands: ByHand[] = [];
  const restores: number[] = [];
  const boots: { ours: number; hand: number }[] = [];
  for (let at = 0; at < times; at += 1) {
    const run = await verifyDebian13(root, env);
    runs.push(run);
    const one = await made(root, cache);
    hands.push(await restoreAndBoot(one, run));
    restores.push(await startByProduct(one.engine, one.tools, one.given, true));
    boots.push({ ours: await startByProduct(one.engine, one.tools, one.given, false), hand: await bootByHand(one) });
  }
  const restore = least(hands.map(one => one.restoreMs));
  const guest = least(hands.map(one => one.guestMs));
  say("boot of the testbed", least(boots.map(one => one.ours)), least(boots.map(one => one.hand)), 1.15);
  say("restore of the testbed", least(restores), restore, 1.5);
  say("guest boot to its first mark", least(runs.map(one => one.guestMs)), guest, 1.15);
  const whole = least(runs.map(one => one.wholeMs));
  say("warm verify, less one second", whole - 1000, restore + guest, 1.5);
}

/** Everything from nothing, against the same commands by hand; takes minutes. */
export async function cold(root: string): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "kata-verify-bench-cache-"));
  try {
    const run = await verifyDebian13(root, { ...process.env, XDG_CACHE_HOME: home });
    const one = await made(root, join(home, "kata-verify"));
    const byHand = coldByHand() + (await bootByHand(one)) + (await restoreAndBoot(one, run)).guestMs;
    say("cold verify", run.wholeMs, byHand, 1.25);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
