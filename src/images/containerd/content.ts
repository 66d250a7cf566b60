import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { additionPrograms } from "../../kata/additions.ts";
import type { AdditionId } from "../../model/words.ts";
import type { Content } from "../release/kept.ts";
import type { Survey } from "../release/survey.ts";
import { Unfit } from "../release/unfit.ts";
import { unpack } from "../release/unpack.ts";

/** Upstream's tarball has its programs in one folder. */
const members = additionPrograms.containerd.map(program => `bin/${program}`);

async function used({ listing }: Survey): Promise<ReadonlySet<string>> {
  const lacks = members.filter(member => listing.get(member) !== null);
  if (lacks.length > 0) throw new Unfit(`it lacks ${lacks.join(" and ")}`);
  return new Set(members);
}

const packed = { name: "containerd", folder: "/usr/local", isText: () => false, used };

/** runc is released as the program itself. */
async function takeProgram(path: string, into: string): Promise<readonly string[]> {
  await mkdir(join(into, "bin"), { recursive: true });
  await copyFile(path, join(into, "bin", "runc"));
  return ["bin/runc"];
}

/** What is taken of each: its programs are then in `bin`. */
export const additionContents: Readonly<Record<AdditionId, Content>> = {
  containerd: {
    ...{ name: "containerd", kind: "containerd", recipe: 1 },
    take: (path, into, options) => unpack(packed, path, into, options),
  },
  runc: { name: "runc", kind: "containerd", recipe: 1, take: takeProgram },
};
