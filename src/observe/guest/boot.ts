import { randomBytes, randomInt, randomUUID } from "node:crypto";
import type { Arch } from "../../model/words.ts";
import type { Boot } from "../../workloads/workload.ts";

/** What a boot is called, before anything is known of its testbed. */
export interface Names extends Pick<Boot, "nonce" | "folder" | "cid" | "mac" | "tap"> {
  readonly uuid: string;
}

export function newNames(): Names {
  const nonce = randomBytes(16).toString("hex");
  const short = nonce.slice(0, 8);
  return {
    nonce,
    uuid: randomUUID(),
    folder: `/run/kata-verify/guest-${short}`,
    // 0 to 2 are taken by the interface, and containers share their runner's.
    cid: randomInt(1 << 16, 2 ** 31),
    mac: `02:${short.replace(/../g, "$&:")}00`,
    // An interface's name has 15 characters.
    tap: `kv${short}`,
  };
}

/** `look` is what was printed by the look at the testbed. */
export function newBoot(
  names: Names,
  look: ReadonlyMap<string, string>,
  rest: { readonly arch: Arch; readonly standin: string; readonly patienceMs: number },
): Boot {
  const { nonce, folder, cid, mac, tap } = names;
  return {
    ...{ nonce, folder, cid, mac, tap },
    ...rest,
    nested: look.get("hypervisor") === "yes",
    vhostNet: look.get("/dev/vhost-net") === "ok",
    aio: look.get("io_uring") === "ok" ? "io_uring" : "threads",
  };
}
