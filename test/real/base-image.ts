import { join } from "node:path";
import { baseImage } from "../../src/images/base.ts";
import type { Cache } from "../../src/images/entry.ts";
import { Target } from "../../src/model/target.ts";
import type { Engine } from "../../src/testbeds/engine.ts";
import { cacheHome } from "./pipeline.ts";

/** A real distro with nothing installed; from a registry, or made here once and remembered. */
export const debian13 = Target.parse({
  id: "debian-13",
  title: "Debian 13",
  distro: "debian",
  arches: ["amd64", "arm64"],
  packageManager: "apt",
  image: { reference: "docker.io/library/debian:13" },
  bootstrap: { tool: "mmdebstrap", suite: "trixie" },
  packages: { vmm: {}, virtiofsd: [], kernel: {} },
  sources: [{ fact: "names", from: "tests" }],
});

/** The same that the command line has in these tests. */
export const testCache: Cache = {
  folder: join(cacheHome, "kata-verify"),
  maxAgeMs: 30 * 86_400_000,
  fresh: false,
};

export const arch = process.arch === "arm64" ? "arm64" : "amd64";

export async function debianBase(engine: Engine): Promise<string> {
  const entry = await baseImage(engine, debian13, arch, { cache: testCache, emit: () => {}, tell: () => {} });
  return entry.imageId;
}
