import { keyOf } from "../../images/key.ts";
import { additionPath, additionSearch, named } from "../../kata/additions.ts";
import type { Command } from "../../model/command.ts";
import type { Addition } from "../../model/evidence.ts";
import { reason } from "../../model/reason.ts";
import type { AdditionId } from "../../model/words.ts";
import { ownerStep } from "../../requirements/checks/provenance.ts";
import type { Exercise } from "../exercise.ts";
import type { KataFile } from "./tree.ts";

/** An addition, and its programs as they are put on the testbed. */
export interface Brought {
  readonly addition: Addition;
  readonly files: readonly KataFile[];
}

/** What of it is not the distro's, named by `key`, and what containerd is started with so that it finds it. */
export interface Added {
  readonly key: string;
  readonly files: readonly KataFile[];
  readonly env: NonNullable<Command["env"]>;
}

/** Paths of containerd and its client on the testbed. */
export interface Containerd {
  readonly containerd: string;
  readonly ctr: string;
  readonly added?: Added;
}

/** The distro's containerd, client and runc; what it has not is got from upstream, and written down as an addition. */
export async function wholeContainerd({ cell, parts, hands, emit }: Exercise): Promise<Containerd> {
  const { containerd, ctr, runc } = parts;
  // Daemon and client are of one release.
  const own = containerd !== undefined && ctr !== undefined ? { containerd, ctr } : undefined;
  const lacking: AdditionId[] = [...(own ? [] : ["containerd" as const]), ...(runc ? [] : ["runc" as const])];
  if (own !== undefined && lacking.length === 0) return own;
  const got: Brought[] = [];
  for (const name of lacking) got.push(await hands.addition(name, cell, emit));
  const additions = got.map(({ addition }) => addition);
  emit({ kind: "fact", name: "additions", value: additions });
  if (own === undefined) {
    const why = reason("containerd.not-packaged", undefined, `The harness added ${named(additions)}`);
    const steps = ownerStep("containerd");
    emit({ kind: "stopped", stopped: { stage: "install", tier: "kata", steps, reason: why } });
  }
  const key = keyOf(additions.map(({ name, version, sha256 }) => ({ name, version, sha256 })));
  return {
    ...(own ?? { containerd: additionPath("containerd"), ctr: additionPath("ctr") }),
    added: { key, files: got.flatMap(({ files }) => files), env: additionSearch },
  };
}
