import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packTar } from "modern-tar";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepare } from "../../src/images/rootfs.ts";
import { Target } from "../../src/model/target.ts";
import { openContainerTestbed } from "../../src/testbeds/container.ts";
import { fileServer, give } from "../images/release/file-server.ts";
import { arch, testCache } from "./base-image.ts";
import { openEngine } from "./engine-socket.ts";
import { root, verify } from "./pipeline.ts";
import { catalogOfContainers } from "./sabotage/catalog.ts";
import { kataTree, runcInDisguise } from "./sabotage/kata-trees.ts";
import { projectWith } from "./sabotage/project.ts";
import { tools } from "./tools.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kv-added-"));
});
afterAll(async () => {
  // Kept under the address that it came from, which is another one each time.
  for (const kind of ["containerd", "containerd-downloads"])
    await rm(join(testCache.folder, kind), { recursive: true, force: true });
  await rm(folder, { recursive: true });
});

/** Debian's own programs, as upstream releases its own. */
async function debiansPrograms(): Promise<{ readonly containerd: Buffer; readonly runc: Buffer }> {
  const engine = await openEngine();
  const { standin } = await tools(engine);
  const run = `test-${randomBytes(4).toString("hex")}`;
  const target = Target.parse(JSON.parse(await readFile(join(root, "images", "debian-13.json"), "utf8")));
  const silent = { candidates: [], emit: () => {}, tell: () => {} };
  const { imageId } = await prepare(engine, target, arch, {
    ...{ run, cache: testCache, standin, ...silent },
    also: ["containerd"],
  });
  const spec = { image: imageId, run, standin, devices: [], mounts: [], network: "none", capabilities: [] } as const;
  await using testbed = await openContainerTestbed(engine, spec);
  const entries = [];
  for (const name of ["containerd", "containerd-shim-runc-v2", "ctr"]) {
    const body = await testbed.fetch(`/usr/bin/${name}`);
    // Of the same bytes each time: so is then what a VM with them is saved as.
    const header = { name: `bin/${name}`, type: "file", size: body.length, mode: 0o755, mtime: new Date(0) } as const;
    entries.push({ header, body });
  }
  const runc = Buffer.from(await testbed.fetch("/usr/sbin/runc"));
  return { containerd: gzipSync(await packTar(entries), { level: 1 }), runc };
}

/** The project with pins that lead to a server on loopback, which has these and says their digests. */
async function projectThatAdds({ containerd, runc }: Awaited<ReturnType<typeof debiansPrograms>>) {
  const served = new Map([
    ["containerd.tar.gz", containerd],
    ["runc", runc],
  ]);
  const assets = [...served].map(([name, bytes]) => ({ name, size: bytes.length, digest: `sha256:${sha256(bytes)}` }));
  const { origin } = await fileServer((request, response) => {
    const bytes = served.get(request.url?.replace(/^.*\//, "") ?? "");
    if (bytes === undefined) return response.end(JSON.stringify({ assets }));
    return give(bytes, request, response);
  });
  const at = (version: string, name: string) => ({
    ...{ version, page: `${origin}/page`, files: `${origin}/files/${sha256(served.get(name) ?? runc)}` },
    assets: { [arch]: { name } },
  });
  const additions = { containerd: at("1.7.24", "containerd.tar.gz"), runc: at("1.1.15", "runc") };
  return projectWith(folder, "containerd/pins.json", JSON.stringify({ additions, sources: [] }));
}

const catalogWithout = (name: string) =>
  catalogOfContainers(join(folder, name), "debian-13", ["own-kernel", "exec", "stop"], ({ packages }) => ({
    packages: { ...packages, containerd: [] },
  }));

test("where the distro ships no containerd, one that the harness adds runs containers, and is not taken for the distro's", async () => {
  const programs = await debiansPrograms();
  const program = await projectThatAdds(programs);
  const catalog = await catalogWithout("none");
  const kata = await kataTree(folder, runcInDisguise);
  const argv = ["debian-13", "--testbed", "vm", "--catalog", catalog, "--kata", kata];
  const { exitCode, said, cell } = await verify("added-containerd", argv, { program });
  expect(said).toMatchObject({
    ...{ "kata.control": "pass", "kata.exec": "pass", "kata.stop": "pass", "kata.vmm": "fail kata.no-vm" },
    ...{ "kata.own-kernel": "fail kata.no-vm", "kata.containerd": "error containerd.not-packaged" },
  });
  expect([exitCode, cell.standing]).toEqual([1, "unsupported"]);
  expect(cell.additions).toMatchObject([
    { name: "containerd", version: "1.7.24", sha256: sha256(programs.containerd) },
    { name: "runc", sha256: sha256(programs.runc), programs: [{ sha256: sha256(programs.runc) }] },
  ]);
  expect(cell.components.containerd).toMatchObject({ path: "/opt/kata-verify/bin/containerd", package: null });
  expect(cell.notes.join("\n")).toMatch(
    /not under test: containerd 1\.7\.24.* that containerd's release page states\n/,
  );
});

test("where that cannot be had nothing is told of Kata, and the rest is judged", async () => {
  const catalog = await catalogWithout("not-had");
  const kata = await kataTree(folder, { ...runcInDisguise, name: "not-had-kata" });
  const argv = ["debian-13", "--testbed", "container", "--catalog", catalog, "--kata", kata];
  // Nobody listens there: as good as no network, wherever this runs.
  const env = { HTTPS_PROXY: "http://127.0.0.1:65534" };
  const { exitCode, said, cell } = await verify("containerd-not-had", argv, { env });
  expect([exitCode, cell.standing]).toEqual([3, "inconclusive"]);
  expect(cell.tiers.contract).toBe("pass");
  expect(said["kata.control"]).toBe("error containerd.unavailable");
  const { message } = cell.checks.find(({ id }) => id === "kata.control")?.reason ?? {};
  expect(message).toMatch(/^containerd \S+ could not be had from https:\S+: .*; other ways: .*--with-package/);
  expect(cell.additions).toBeUndefined();
});
