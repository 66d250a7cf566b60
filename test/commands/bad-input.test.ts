import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { prepare } from "../../src/commands/prepare.ts";
import { main } from "../../src/commands/program.ts";
import { openSession } from "../../src/commands/session.ts";
import { UsageError } from "../../src/model/failure.ts";
import { folder } from "../images/folder.ts";
import { scriptedHands } from "../observe/cell-hands.ts";

// Whatever is asked wrongly is refused before either of them: all else here is the real thing, from argv to the exit code.
vi.mock(import("../../src/commands/session.ts"), async original => ({ ...(await original()), openSession: vi.fn() }));
vi.mock(import("../../src/commands/prepare.ts"), () => ({ prepare: vi.fn(), stopAll: async () => true }));

const root = fileURLToPath(new URL("../../", import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const said = { stdout: "", stderr: "" };

beforeEach(async () => {
  vi.stubGlobal("BUILD", { version: "0.1.0", commit: "test" });
  vi.stubEnv("XDG_CACHE_HOME", await folder());
  for (const name of ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"]) vi.stubEnv(name, undefined);
  for (const name of ["stdout", "stderr"] as const)
    vi.spyOn(process[name], "write").mockImplementation(text => {
      said[name] += text;
      return true;
    });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.resetAllMocks();
});

/** Its end, and what was printed from its beginning on. */
async function run(argv: readonly string[]): Promise<Ended> {
  const { stdout, stderr } = said;
  const code = await main(argv, root);
  return { code, stdout: said.stdout.slice(stdout.length), stderr: said.stderr.slice(stderr.length) };
}

/** What was said of something that cannot be done, and that nothing was. */
async function refused(argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(argv);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).not.toContain("bug");
  expect(openSession).not.toHaveBeenCalled();
  return stderr;
}

/** The same, before the machine was even looked at: `--setup` would have changed it. */
async function refusedAtOnce(argv: readonly string[]): Promise<string> {
  const said = await refused(argv);
  expect(prepare).not.toHaveBeenCalled();
  return said;
}

/** Every file below a folder, with what is in it. */
function contents(path: string): Record<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
  return Object.fromEntries(
    entries.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), "utf8")]),
  );
}

/** A session whose effects only write down that they were asked for, once `begin` says so. */
const opensSession = (begin: () => Promise<void> = async () => {}) =>
  vi.mocked(openSession).mockImplementation(async () => {
    await begin();
    return {
      tool: { name: "kata-verify", version: "0.1.0", commit: "test" },
      runner: {},
      plan: { kvm: "absent", vhostVsock: false, virtualized: true, nested: false },
      hands: () => scriptedHands(),
    };
  });

describe("what nobody can do is refused, with what can be done", () => {
  it.each([
    [["verify", "debain-13"], /There is no target "debain-13"\nNearest: debian-13, .*kata-verify list targets/],
    [["verify", "debian-13", "--scenario", "qemu-distro-kernle"], /no scenario .*\nNearest: qemu-distro-kernel\b/],
    [["verify"], /^kata-verify: missing required argument 'target'\nkata-verify verify --help says what it takes\n$/],
    [
      ["verify", "debian-13", "--teir", "guest"],
      /^kata-verify: unknown option '--teir'\nNearest: --tier\nkata-verify verify --help says/,
    ],
    [["verfy", "debian-13"], /^kata-verify: unknown command 'verfy'\nNearest: verify\nkata-verify --help says/],
    [["verify", "debian-13", "--tier", "katas"], /--tier <tier>' argument 'katas' is invalid.*contract, guest, kata/],
    [["plan", "--tier"], /'--tier <tier>' argument missing\nkata-verify plan --help/],
    [["plan", "--kata", ""], /--kata: release, distro, or a path\nkata-verify plan --help says/],
    [["plan", "--json", "--github"], /'--github' cannot be used with option '--json'\nkata-verify plan --help says/],
    [["list", "targets", "codes"], /too many arguments.*\nkata-verify list --help/],
    [["cache", "drop"], /'drop' is invalid.*list, prune, clear\.\nkata-verify cache --help/],
    [["--json"], /^kata-verify: unknown option '--json'\nkata-verify --help says what it takes\n$/],
    [
      ["verify", "debian-13", "--deadline", "soon"],
      /--deadline: a duration such as 90s, 45m or 2h\nkata-verify verify --help says/,
    ],
    [["verify", "debian-13", "--deadline", "0s"], /--deadline: a duration/],
    [["verify", "debian-13", "--jobs", "0"], /--jobs: a number from 1 to 99/],
    [["verify", "debian-13", "--jobs", "many"], /--jobs: a number/],
    [["verify", "debian-13", "--with-package", "/nonexistent.deb"], /--with-package: \/nonexistent\.deb is not a file/],
    [["verify", "debian-13", "--with-package", root], /--with-package: .* is not a file/],
    [["verify", "debian-13", "--catalog", "/nonexistent"], /folder \/nonexistent\/\S+ cannot be read: ENOENT/],
    [["plan", "debain-13"], /Nearest: debian-13,/],
    [["explain", "virtiofsd.not-packed"], /There is no code .*\nNearest: virtiofsd\.not-packaged/],
    [["judge", "/nonexistent"], /\/nonexistent cannot be read: ENOENT/],
    [["judge", join(root, "docs")], /holds no results/],
  ])("%j", async (argv, said) => {
    const out = join(await folder(), "results");
    expect(await refusedAtOnce(argv[0] === "verify" ? [...argv, "--out", out] : argv)).toMatch(said);
    expect(() => readdirSync(out)).toThrow("ENOENT");
  });

  it("an empty path for the results, which would be the current folder", async () => {
    expect(await refusedAtOnce(["verify", "debian-13", "--out", ""])).toContain("--out: the path of a folder");
  });

  it.each([
    ["qemu-system-x86_1%3a10.0_amd64.deb", "qemu-system-x86_1%3a10.1_amd64.deb", "qemu-system-x86 for amd64"],
    ["qemu-kvm-10.0-1.fc43.x86_64.rpm", "qemu-kvm-10.0-1.fc43.x86_64.rpm", "qemu-kvm for x86_64"],
  ])("two package files of one package: %s, %s", async (first, second, what) => {
    const files = [join(await folder(), first), join(await folder(), second)] as const;
    for (const file of files) writeFileSync(file, "!<arch>\n");
    const said = await refusedAtOnce(["verify", "debian-13", "--with-package", ...files, "--out", await folder()]);
    expect(said).toContain(`--with-package: ${files[0]} and ${files[1]} are both ${what}\nName one file`);
  });

  it("but no schema that there is", async () => {
    expect(await run(["schema", "manifest"])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(":manifest:1"),
    });
  });
});

describe("a catalog that is wrong is refused with the place in its file", () => {
  const text = readFileSync(join(root, "images", "debian-13.json"), "utf8");

  async function catalogWith(changed: string): Promise<string> {
    const path = await folder();
    cpSync(join(root, "scenarios"), join(path, "scenarios"), { recursive: true });
    mkdirSync(join(path, "images"));
    writeFileSync(join(path, "images", "debian-13.json"), changed);
    return path;
  }

  /** As an editor shows it. */
  function place(word: string): string {
    const before = text.slice(0, text.indexOf(word)).split("\n");
    return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
  }

  it.each([["verify", "debian-13"], ["plan"], ["list"]])("where it is not JSON: %s", async (...argv) => {
    const broken = await catalogWith(text.replace('"distro": "debian",', '"distro": "debian"'));
    const said = await refusedAtOnce([...argv, "--catalog", broken]);
    expect(said).toContain(`kata-verify: ${broken}/images/debian-13.json:${place('"release"')}: expected a comma or }`);
  });

  it.each([["verify", "debian-13"], ["plan"], ["list"]])("where it has an unknown key: %s", async (...argv) => {
    const unknown = await catalogWith(text.replace('"harness":', '"harnes":'));
    const said = await refusedAtOnce([...argv, "--catalog", unknown]);
    expect(said.replace(unknown, "DIR")).toMatch(
      /^kata-verify: DIR\/images\/debian-13\.json:\d+:\d+: packages\.harnes: unknown key, .*"harness"/,
    );
  });
});

describe("where there are results of an earlier run", () => {
  let out: string;
  let before: Record<string, string>;

  beforeEach(async () => {
    out = join(await folder(), "results");
    opensSession();
    await run(["verify", "debian-13", "--out", out]);
    before = contents(out);
    expect(Object.keys(before).length).toBeGreaterThan(5);
    vi.mocked(openSession).mockReset();
    vi.mocked(prepare).mockReset();
  });

  it.each([
    ["verify", "debain-13"],
    ["verify", "debian-13", "--jobs", "0"],
  ])("they stay when it is asked wrongly: %j", async (...argv) => {
    await refusedAtOnce([...argv, "--out", out]);
    expect(contents(out)).toEqual(before);
  });

  it("they stay when the machine lacks something, which is told", async () => {
    vi.mocked(prepare).mockRejectedValue(new UsageError("This machine lacks flock", "kata-verify doctor"));
    expect(await refused(["verify", "debian-13", "--out", out])).toContain("lacks flock");
    expect(contents(out)).toEqual(before);
  });

  it("a second run there is refused while the first goes on, and nothing of the first is touched", async () => {
    const gate = { open: () => {} };
    opensSession(() => new Promise(resolve => Object.assign(gate, { open: resolve })));
    const first = run(["verify", "debian-13", "--out", out]);
    await vi.waitFor(() => expect(openSession).toHaveBeenCalledTimes(1));
    const during = contents(out);
    const second = await run(["verify", "debian-13", "debian-12", "--out", out]);
    expect(second).toMatchObject({ code: 2, stdout: "" });
    expect(second.stderr).toMatch(`in use by process ${process.pid} since `);
    expect(second.stderr).toContain("--out DIR");
    expect(openSession).toHaveBeenCalledTimes(1);
    expect(contents(out)).toEqual(during);
    gate.open();
    expect((await first).code).toBe(1);
    expect(Object.keys(contents(out))).toEqual(Object.keys(before));
  });
});

describe("a folder that cannot be written is told before anything is done", () => {
  it("the results', where a file is in the way", async () => {
    const file = join(await folder(), "file");
    writeFileSync(file, "mine");
    for (const out of [file, join(file, "results"), join(file, "deep", "results")]) {
      const said = await refusedAtOnce(["verify", "debian-13", "--out", out, "--setup"]);
      expect(said).toMatch(/^kata-verify: The results folder .* cannot be written: E[A-Z]+\n.*--out DIR\n$/);
    }
    expect(readFileSync(file, "utf8")).toBe("mine");
  });

  const target = "debian-13";
  const cell = join(target, "amd64", "qemu-distro-kernel");

  it.each([target, join(target, "amd64"), cell, join(cell, "logs"), join(target, "amd64", "old", "logs")])(
    "a folder of the results', where a file is in the way: %s",
    async path => {
      const out = join(await folder(), "results");
      mkdirSync(join(out, path, ".."), { recursive: true });
      writeFileSync(join(out, path), "mine");
      const said = await refusedAtOnce(["verify", "debian-12", target, "--arch", "amd64", "--out", out, "--setup"]);
      expect(said).toContain(`kata-verify: ${join(out, path)} is in the way: results need a folder there\n`);
      expect(said).toContain("--out DIR");
      expect(contents(out)).toEqual({ [join(out, path)]: "mine" });
    },
  );

  it.each([join(target, "verdict.json"), join(cell, "journal.ndjson")])(
    "a file of the results', where a folder is in the way: %s",
    async path => {
      const out = join(await folder(), "results");
      mkdirSync(join(out, path), { recursive: true });
      expect(await refusedAtOnce(["verify", target, "--arch", "amd64", "--out", out])).toContain(
        `kata-verify: ${join(out, path)} is in the way: results need a file there\n`,
      );
    },
  );

  it("the target's, which takes no file", async () => {
    const out = join(await folder(), "results");
    mkdirSync(out);
    symlinkSync("/proc", join(out, target));
    const said = await refusedAtOnce(["verify", target, "--out", out]);
    expect(said).toMatch(/^kata-verify: The results folder \S+\/debian-13 cannot be written: E[A-Z]+\n.*--out DIR\n$/);
  });

  it("and leaves no folder behind where another is in the way", async () => {
    const out = join(await folder(), "results");
    mkdirSync(out);
    writeFileSync(join(out, target), "mine");
    await refusedAtOnce(["verify", "debian-12", target, "--out", out]);
    expect(readdirSync(out)).toEqual([target]);
  });

  it("the cache's", async () => {
    const path = await folder();
    writeFileSync(join(path, "kata-verify"), "mine");
    vi.stubEnv("XDG_CACHE_HOME", path);
    const out = join(path, "results");
    const said = await refusedAtOnce(["verify", "debian-13", "--out", out, "--setup"]);
    expect(said).toMatch(/^kata-verify: The cache folder .* cannot be written: E[A-Z]+\n.*XDG_CACHE_HOME\n$/);
    expect(readFileSync(join(path, "kata-verify"), "utf8")).toBe("mine");
  });
});

describe("names and keys that are commands to a console", () => {
  const hostile = "x\u001b[31m\n::error::owned";

  it.each([
    ["a command", async () => [hostile]],
    ["a choice", async () => ["verify", "debian-13", "--tier", hostile]],
    ["a folder to judge", async () => ["judge", await made(hostile)]],
    ["a folder for the matrix", async () => ["matrix", await made(hostile), "--out", join(await folder(), "site")]],
    ["a bundle", async () => ["certify", "--check", join(await made(hostile), hostile)]],
    ["a key of a catalog", async () => ["plan", "--catalog", await withKey(hostile)]],
  ])("are printed as what can only be read: %s", async (_, argv) => {
    const { code, stdout, stderr } = await run(await argv());
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).toContain("error::owned");
    expect(`${stdout}${stderr}`).not.toMatch(/^\s*::/m);
    expect(`${stdout}${stderr}`).not.toContain("\u001b");
  });

  async function made(name: string): Promise<string> {
    const at = join(await folder(), name);
    mkdirSync(join(at, "debian-13"), { recursive: true });
    for (const file of [join(at, name), join(at, "debian-13", "verdict.json")]) writeFileSync(file, "{broken");
    return at;
  }

  async function withKey(key: string): Promise<string> {
    const at = await folder();
    for (const name of ["images", "scenarios"]) cpSync(join(root, name), join(at, name), { recursive: true });
    const file = join(at, "images", "debian-13.json");
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), [key]: 1 }));
    return at;
  }
});
