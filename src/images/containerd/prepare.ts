import { additionPath, additionPrograms } from "../../kata/additions.ts";
import type { AdditionId, Arch } from "../../model/words.ts";
import type { Brought } from "../../observe/kata/additions.ts";
import type { Emit } from "../../observe/seen.ts";
import { broughtFile, sha256In } from "../release/brought.ts";
import { counted } from "../release/counted.ts";
import { type Release, type ReleaseOptions, release } from "../release/release.ts";
import { additionContents } from "./content.ts";
import type { AdditionPins } from "./pins.ts";

export interface AdditionOptions extends Omit<ReleaseOptions, "onRetry"> {
  readonly pins: AdditionPins;
  readonly emit: Emit;
}

const released: Pick<Release, "unavailable" | "mismatch" | "otherWays"> = {
  unavailable: "containerd.unavailable",
  mismatch: "containerd.digest-mismatch",
  otherWays:
    "other ways: the distro's own package, named in the target's file, or one given with --with-package; --tier guest takes none",
};

/** The pinned upstream release of what a distro has not. Rejects with `Unprepared` where it cannot be had, or as the disk does. */
export async function prepareAddition(name: AdditionId, arch: Arch, options: AdditionOptions): Promise<Brought> {
  const pin = options.pins.additions[name];
  const onRetry = counted(`${name}.download`, options.emit);
  const one = { ...released, ...pin, content: additionContents[name] };
  const { folder, sha256, vouched } = await release(one, arch, { ...options, onRetry });
  const programs = additionPrograms[name].map(program => ({ member: `bin/${program}`, path: additionPath(program) }));
  const files = await Promise.all(programs.map(({ member, path }) => broughtFile(folder, member, path)));
  const digests = await Promise.all(
    programs.map(async ({ member, path }) => ({ path, sha256: await sha256In(folder, member) })),
  );
  return {
    addition: { name, version: pin.version, sha256, vouched, programs: digests },
    files: files.map(file => ({ ...file, mode: 0o755 })),
  };
}
