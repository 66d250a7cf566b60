import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noEngine } from "./clean-judge.ts";
import { temporaryFolder, watch } from "./clean-run.ts";
import { smallDisk } from "./clean-tmpfs.ts";
import { type Ended, readVerdict, root, run } from "./pipeline.ts";

/** What was said of something that cannot be done; there is no engine here, so nothing was begun. */
async function refused(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await run(argv, { env: { ...noEngine, ...env } });
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: "", stderr });
  expect(stderr).not.toContain("bug");
  return stderr;
}

/** Every file below a folder with what is in it. */
async function contents(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  return Object.fromEntries(await Promise.all(files.map(async path => [path, await readFile(path, "utf8")])));
}

/** The project's catalog with the text of `debian-13` changed. */
async function catalogOf(change: (text: string) => string, name = "debian-13"): Promise<string> {
  const folder = await temporaryFolder();
  for (const kind of ["images", "scenarios"]) await cp(join(root, kind), join(folder, kind), { recursive: true });
  const text = await readFile(join(folder, "images", "debian-13.json"), "utf8");
  await writeFile(join(folder, "images", `${name}.json`), change(text));
  return folder;
}

describe("what nobody can do is refused with what can be done", () => {
  it.each([
    [["verify", "debain-13"], /no target "debain-13"\nNearest: debian-13, /],
    [["verify", "debian-13", "--scenario", "qemu-distro-kernle"], /no scenario .*\nNearest: qemu-distro-kernel/],
    [["verify"], /missing required argument 'target'/],
    [["verify", "debian-13", "--teir", "guest"], /unknown option '--teir'.*--tier/s],
    [["verfy", "debian-13"], /unknown command 'verfy'.*verify/s],
    [["verify", "debian-13", "--tier", "kata"], /--tier <tier>' argument 'kata' is invalid.*contract, guest/],
    [["verify", "debian-13", "--deadline", "soon"], /--deadline: a duration such as 90s, 45m or 2h/],
    [["verify", "debian-13", "--deadline", "0s"], /--deadline: a duration/],
    [["verify", "debian-13", "--jobs", "0"], /--jobs: a number from 1 to 99/],
    [["verify", "debian-13", "--jobs", "many"], /--jobs: a number/],
    [["verify", "debian-13", "--with-package", "/nonexistent.deb"], /--with-package: \/nonexistent\.deb is not a file/],
    [["verify", "debian-13", "--with-package", "/tmp"], /--with-package: \/tmp is not a file/],
    [["verify", "debian-13", "--catalog", "/nonexistent"], /folder \/nonexistent\/\S+ cannot be read: ENOENT/],
    [["explain", "virtiofsd.not-packed"], /no code .*\nNearest: virtiofsd\.not-packaged/],
    [["judge", "/nonexistent"], /\/nonexistent cannot be read: ENOENT/],
    [["judge", root], /holds no results/],
  ])("%j", async (argv, said) => {
    expect(await refused(argv)).toMatch(said);
  });
});

describe("a catalog that is wrong is told with the place", () => {
  it("that is not JSON", async () => {
    const folder = await catalogOf(text => text.replace('"distro": "debian",', '"distro": "debian"'));
    expect(await refused(["verify", "debian-13", "--catalog", folder])).toMatch(
      /^kata-verify: images\/debian-13\.json:6:3: expected .*, found "\\""$/m,
    );
  });

  it("that has a key that there is not", async () => {
    const folder = await catalogOf(text => text.replace('"harness":', '"harnes":'));
    const said = await refused(["plan", "--catalog", folder]);
    expect(said).toMatch(/images\/debian-13\.json:\d+:\d+: packages.*harnes/);
    expect(said).toContain("harness");
  });

  it("gets a release by one file", async () => {
    const folder = await catalogOf(
      text =>
        text
          .replaceAll("debian-13", "debian-14")
          .replaceAll("trixie", "forky")
          .replace('"release": "13"', '"release": "14"'),
      "debian-14",
    );
    const { exitCode, stdout } = await run(["plan", "debian-14", "--catalog", folder], { env: noEngine });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^debian-14 .*qemu-distro-kernel/m);
  });
});

describe("nothing is begun, and nothing of an earlier run is lost", () => {
  const earlier = { out: "", before: {} as Record<string, string> };
  const argv = ["debian-13", "--tier", "contract", "--testbed", "container"];

  beforeAll(async () => {
    const watched = await watch("bad-input-earlier", argv);
    expect((await watched.ended()).exitCode).toBe(0);
    Object.assign(earlier, { out: watched.out, before: await contents(watched.out) });
    expect(Object.keys(earlier.before).length).toBeGreaterThan(10);
  });
  afterAll(async () => {
    expect(Object.keys(await contents(earlier.out))).toEqual(Object.keys(earlier.before));
  });

  it.each([
    ["verify", "debain-13"],
    ["verify", "debian-13", "--jobs", "0"],
  ])("where it is asked wrongly: %j", async (...wrong) => {
    await refused([...wrong, "--out", earlier.out]);
    expect(await contents(earlier.out)).toEqual(earlier.before);
  });

  it("where the machine lacks something, which is told with the command that installs it", async () => {
    const said = await refused(["verify", ...argv, "--out", earlier.out], { PATH: await temporaryFolder() });
    expect(said).toMatch(/This machine lacks what a run needs.*flock: /s);
    expect(said).toContain("--setup");
    expect(await contents(earlier.out)).toEqual(earlier.before);
  });

  it("where a file is in the way of the results", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "file"), "mine");
    for (const out of [join(folder, "file"), join(folder, "file", "results")])
      expect(await refused(["verify", ...argv, "--out", out])).toMatch(
        /results folder .* cannot be written: E.*\n.*--out/,
      );
    expect(await contents(folder)).toEqual({ [join(folder, "file")]: "mine" });
  });

  it("where the disk for the results is read-only", async () => {
    const out = await smallDisk(64, "ro");
    expect(await refused(["verify", ...argv, "--out", out])).toMatch(/cannot be written: EROFS/);
  });

  it("where the cache cannot be written", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "kata-verify"), "");
    const said = await refused(["verify", ...argv, "--out", join(folder, "out")], { XDG_CACHE_HOME: folder });
    expect(said).toMatch(/cache folder .* cannot be written: E.*\n.*XDG_CACHE_HOME/);
  });

  it("where another run is at the same results, which goes on undisturbed", async () => {
    const first = await watch("bad-input-same", argv);
    await first.until(/looking for the parts/);
    const second: Ended = await run(["verify", ...argv, "--out", first.out]);
    expect(second).toMatchObject({ exitCode: 2, stdout: "" });
    expect(second.stderr).toContain(`is in use by process ${first.running.pid} since`);
    expect((await first.ended()).exitCode).toBe(0);
    expect((await readVerdict(first.out)).cells[0]?.standing).toBe("provisional");
  });
});
