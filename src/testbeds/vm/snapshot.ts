import { rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { keyOf } from "../../images/key.ts";
import { aborted } from "./aborted.ts";
import type { Attempted } from "./attempts.ts";
import { type Kept, keep } from "./kept.ts";
import { CallFailed } from "./line-channel.ts";
import { folders } from "./machine.ts";
import type { VmOptions } from "./options.ts";
import type { Started } from "./start.ts";

const SnapshotRecord = z.object({
  /** Milliseconds that the boot took which was saved. */
  bootMs: z.number(),
});

/** A testbed as it was when it had booted: `overlay.qcow2` over the disk, and `state`. */
export type Snapshot = Kept<z.infer<typeof SnapshotRecord>>;

/** The machine was not saved, and goes on. */
export class NotSaved extends Error {
  override readonly name = "NotSaved";
  readonly booted: Attempted;
  constructor(message: string, booted: Attempted) {
    super(message);
    this.booted = booted;
  }
}

/** A machine that was booted, and why it is not to be saved, where it is not. */
export interface Bootable extends Attempted {
  readonly unworthy?: string;
}

/** Changes with every change of what is saved. */
const recipe = 1;

const MigrationInfo = z.looseObject({ status: z.string().optional(), "error-desc": z.string().optional() });

/** Why it did not work; undefined where memory and devices are in the file `state` and QEMU has ended. */
async function save({ vmm }: Started): Promise<string | undefined> {
  const { qmp, alive, gone } = vmm;
  const call = (name: string, parameters?: Readonly<Record<string, unknown>>) => alive(qmp.call(name, parameters));
  try {
    // The default would write no more than 128 MiB a second.
    await call("migrate-set-parameters", { "max-bandwidth": 2 ** 40 });
    await call("migrate", { uri: `file:${folders.own}/state` });
    for (;;) {
      const { status, "error-desc": error } = MigrationInfo.parse(await call("query-migrate"));
      if (status === "completed") break;
      if (status === "failed" || status === "cancelled") return error ?? `QEMU says only: ${status}`;
      await sleep(10);
    }
  } catch (error) {
    if (error instanceof CallFailed) return error.message;
    throw error;
  }
  qmp.call("quit").catch(() => {});
  await aborted(gone);
  return undefined;
}

/**
 * Found in the cache, or made of a boot. Rejects with `NotSaved`, which has the machine that was booted.
 * `goesIn` names everything that makes another machine of it.
 */
export function prepareSnapshot(
  { cache, fresh, tell, signal }: VmOptions,
  goesIn: Readonly<Record<string, string | readonly string[]>>,
  boot: () => Promise<Bootable>,
): Promise<Snapshot> {
  return keep({
    cache,
    kind: "snapshots",
    key: keyOf({ recipe, ...goesIn }),
    record: SnapshotRecord,
    fresh,
    onWait: () => tell("another run boots the same testbed; waiting for its snapshot"),
    onChanged: path => tell(`${path} was changed; booting the testbed again`),
    signal,
    make: async into => {
      tell("booting the testbed");
      const booted = await boot();
      const { started, folder } = booted;
      if (booted.unworthy !== undefined) throw new NotSaved(booted.unworthy, booted);
      const trouble = await save(started);
      if (trouble !== undefined) throw new NotSaved(`QEMU would not save it: ${trouble}`, booted);
      await started[Symbol.asyncDispose]();
      for (const name of ["overlay.qcow2", "state"]) await rename(join(folder, name), join(into, name));
      return { record: { bootMs: started.tookMs }, files: [{ name: "overlay.qcow2" }, { name: "state" }] };
    },
  });
}
