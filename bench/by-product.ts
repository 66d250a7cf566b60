import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tools } from "../src/images/tools.ts";
import type { Engine } from "../src/testbeds/engine.ts";
import { start } from "../src/testbeds/vm/start.ts";
import { type Ingredients, machine } from "./by-hand.ts";

/** Milliseconds that the product takes from QEMU's container to the agent's answer, with nothing beside it. */
export async function startByProduct(
  engine: Engine,
  tools: Tools,
  { disk, snapshot, initrd }: Ingredients,
  restore: boolean,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "kata-verify-bench-vm-"));
  const user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`;
  try {
    await using vm = await start(
      { engine, tools, run: "bench", user, onConsoleLine: () => {} },
      { machine, folder, disk, initrd, ...(restore ? { snapshot } : {}) },
    );
    return vm.tookMs;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
