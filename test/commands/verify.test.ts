import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { judgeTarget } from "../../src/commands/judge.ts";
import { main } from "../../src/commands/program.ts";
import { type CellHands, openSession, type Session, type SessionOptions } from "../../src/commands/session.ts";
import { Unprepared } from "../../src/images/unprepared.ts";
import type { PlannedCell } from "../../src/model/cell.ts";
import { UsageError } from "../../src/model/failure.ts";
import { reason } from "../../src/model/reason.ts";
import { Verdict } from "../../src/model/verdict.ts";
import { verdictsJson } from "../../src/reporters/verdict-json.ts";
import { loadTarget } from "../../src/results/load.ts";
import { saveCell } from "../../src/results/save.ts";
import { EngineGone } from "../../src/testbeds/engine.ts";
import { folder } from "../images/folder.ts";
import { entriesOf, kata4, lay, tar } from "../images/kata/release-files.ts";
import { evidence } from "../judge/evidence.ts";
import { type Scripts, scriptedHands } from "../observe/cell-hands.ts";

// The session is where the engine comes in; all else here is the real thing, from argv to the files of the results.
vi.mock(import("../../src/commands/session.ts"), async original => ({ ...(await original()), openSession: vi.fn() }));
vi.mock(import("../../src/commands/prepare.ts"), () => ({ prepare: async () => {}, stopAll: async () => true }));

const targetIn = (out: string) => ({
  folder: join(out, "debian-13"),
  cells: ["amd64", "arm64"].map(arch => join(out, "debian-13", arch, "qemu-distro-kernel")),
  whole: true,
});

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A session whose effects only write down that they were asked for. */
const sessionOf = (hands: Session["hands"]): Session => ({
  tool: { name: "kata-verify", version: "0.1.0", commit: "test" },
  runner: {},
  plan: { kvm: "absent", vhostVsock: false, virtualized: true, nested: false },
  hands,
});
const scripted = (scripts?: Scripts) => async () => sessionOf(() => scriptedHands(scripts));
const throwing = (error: unknown) => () => {
  throw error;
};

beforeEach(() => {
  vi.stubGlobal("BUILD", { version: "0.1.0", commit: "test" });
  for (const name of ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function verify(
  open: (options: SessionOptions) => Promise<Session>,
  more: readonly string[] = [],
  targets: readonly string[] = ["debian-13"],
) {
  const own = await folder();
  const out = join(own, "results");
  vi.stubEnv("XDG_CACHE_HOME", join(own, "cache"));
  vi.mocked(openSession).mockImplementation(open);
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    vi.spyOn(process[name], "write").mockImplementation(text => {
      said[name] += text;
      return true;
    });
  const before = process.listenerCount("SIGINT");
  const code = await main(["verify", ...targets, "--out", out, ...more], root);
  vi.restoreAllMocks();
  expect(process.listenerCount("SIGINT")).toBe(before);
  expect(existsSync(join(out, ".lock"))).toBe(false);
  const verdicts = targets
    .map(target => join(out, target, "verdict.json"))
    .filter(path => existsSync(path))
    .map(path => Verdict.parse(JSON.parse(readFileSync(path, "utf8"))));
  const codes = verdicts.map(
    ({ cells: [cell] }) =>
      new Set(cell?.checks.flatMap(({ outcome, reason: why }) => (outcome === "error" && why ? [why.code] : []))),
  );
  return { code, ...said, out, verdicts, codes };
}

describe("a run", () => {
  it("judges what is on disk, and says where that is", async () => {
    const { code, stdout, out, verdicts } = await verify(scripted());
    // The scripted parts say nothing, which is proof against them.
    expect(code).toBe(1);
    expect(stdout).toContain(join(out, "debian-13"));
    expect(verdicts[0]).toMatchObject({ target: "debian-13", cells: [{ standing: "unsupported", testbed: "vm" }] });
    expect(readdirSync(join(out, "debian-13")).sort()).toEqual(["amd64", "junit.xml", "summary.md", "verdict.json"]);
    expect(readdirSync(join(out, "debian-13", "amd64", "qemu-distro-kernel")).sort()).toEqual([
      ...["evidence.json", "journal.ndjson", "logs", "manifest.json"],
    ]);
  });

  it("judges nothing that somebody else put beside it", async () => {
    const plant = () => {
      const beside = join(process.env["XDG_CACHE_HOME"] ?? "", "..", "results", "debian-13", "amd64", "of-another-run");
      mkdirSync(beside, { recursive: true });
      writeFileSync(join(beside, "journal.ndjson"), "no journal\n");
    };
    const { code, out, verdicts } = await verify(scripted({ rootfs: plant }));
    expect(code).toBe(1);
    expect(verdicts[0]?.cells.map(({ scenario }) => scenario)).toEqual(["qemu-distro-kernel"]);
    expect(readFileSync(join(out, "debian-13", "amd64", "of-another-run", "journal.ndjson"), "utf8")).toBe(
      "no journal\n",
    );
  });

  describe("beside results of another architecture", () => {
    const arm64 = evidence({ cell: { ...evidence().cell, arch: "arm64" } });
    const place = join("debian-13", "arm64", "qemu-distro-kernel");

    it("leaves them, tells of them in the verdict on disk, and goes by its own", async () => {
      const out = await folder();
      await saveCell(out, arm64);
      const before = readFileSync(join(out, place, "evidence.json"), "utf8");
      const { code, stdout } = await verify(scripted(), ["--out", out, "--json"]);
      expect(code).toBe(1);
      expect(readFileSync(join(out, place, "evidence.json"), "utf8")).toBe(before);
      const onDisk = Verdict.parse(JSON.parse(readFileSync(join(out, "debian-13", "verdict.json"), "utf8")));
      expect(onDisk.cells.map(({ arch }) => arch)).toEqual(["amd64", "arm64"]);
      for (const file of ["junit.xml", "summary.md"])
        expect(readFileSync(join(out, "debian-13", file), "utf8")).toMatch(/arm64/);
      expect(Verdict.parse(JSON.parse(stdout)).cells.map(({ arch }) => arch)).toEqual(["amd64"]);
      const again = judgeTarget("debian-13", (await loadTarget(targetIn(out))).cells);
      expect(verdictsJson([again])).toBe(readFileSync(join(out, "debian-13", "verdict.json"), "utf8"));
    });

    it("that cannot be read does nothing, and removes nothing", async () => {
      const out = await folder();
      await saveCell(out, evidence());
      await saveCell(out, arm64);
      writeFileSync(join(out, place, "journal.ndjson"), "no journal\n");
      const open = vi.fn(scripted());
      const { code, stderr } = await verify(open, ["--out", out]);
      expect([code, open.mock.calls.length]).toEqual([2, 0]);
      expect(stderr).toContain(join(place, "journal.ndjson"));
      expect(existsSync(join(out, "debian-13", "amd64", "qemu-distro-kernel", "evidence.json"))).toBe(true);
    });
  });

  it("says that GitHub's summary cannot be written, and ends as it would have", async () => {
    vi.stubEnv("GITHUB_ACTIONS", "true");
    vi.stubEnv("GITHUB_STEP_SUMMARY", await folder());
    const { code, stderr, verdicts } = await verify(scripted());
    expect([code, verdicts.length]).toEqual([1, 1]);
    expect(stderr).toMatch(/the step's summary was not written: .*EISDIR/);
  });

  it("has nothing but the verdict on standard output where that is asked for", async () => {
    const { stdout, stderr, verdicts } = await verify(scripted(), ["--json"]);
    expect(Verdict.parse(JSON.parse(stdout))).toEqual(verdicts[0]);
    expect(stderr).toContain("unsupported");
  });

  it("puts its summary where GitHub shows it, and annotates", async () => {
    const path = join(await folder(), "summary.md");
    vi.stubEnv("GITHUB_ACTIONS", "true");
    vi.stubEnv("GITHUB_STEP_SUMMARY", path);
    const { stdout, out } = await verify(scripted());
    expect(stdout).toMatch(/^::error /m);
    expect(readFileSync(path, "utf8")).toBe(readFileSync(join(out, "debian-13", "summary.md"), "utf8"));
  });

  it("leaves what the step has said already, and no more than GitHub takes of a step", async () => {
    const path = join(await folder(), "summary.md");
    const before = "x".repeat(1_040_000);
    writeFileSync(path, before);
    vi.stubEnv("GITHUB_ACTIONS", "true");
    vi.stubEnv("GITHUB_STEP_SUMMARY", path);
    await verify(scripted());
    const text = readFileSync(path, "utf8");
    expect(text.startsWith(before)).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_048_576);
    expect(text).toContain("Shortened to fit: all of it is in `debian-13/summary.md`.");
  });
});

describe("a Kata of the user's", () => {
  it("that is none ends the run before anything is opened", async () => {
    const open = vi.fn(scripted());
    const { code, stderr, verdicts } = await verify(open, ["--kata", "/nowhere/kata"]);
    expect([code, verdicts, open.mock.calls.length]).toEqual([2, [], 0]);
    expect(stderr).toContain("kata-verify: --kata /nowhere/kata: there is nothing\nExpected is Kata 3 or later");
  });

  it("that only turns out to be none with an engine at hand ends the run all the same", async () => {
    const tarball = join(await folder(), "kata.tar");
    writeFileSync(tarball, await tar(entriesOf(kata4)));
    const cutOff = new UsageError(`--kata ${tarball}: the tarball is cut off`, "Expected is another");
    const { code, stderr, verdicts } = await verify(
      async () => sessionOf(() => ({ ...scriptedHands(), kata: () => Promise.reject(cutOff) })),
      ["--kata", tarball],
    );
    expect([code, verdicts]).toEqual([2, []]);
    expect(stderr).toContain("the tarball is cut off\nExpected is another");
  });

  it("is asked for as it will be used, by a path from where the user is, and not at all by other tiers", async () => {
    const asked: PlannedCell[] = [];
    const kata: CellHands["kata"] = async cell => {
      asked.push(cell);
      throw new Error("not in this test");
    };
    const open = async () => sessionOf(() => ({ ...scriptedHands(), kata }));
    const path = await lay(await folder(), kata4);
    const from = relative(process.cwd(), path);
    await verify(open, ["--kata", from, "--runtime", "go", "--scenario", "qemu-kata-kernel"]);
    expect(asked[0]).toMatchObject({
      kata: { source: "path", path },
      runtime: "go",
      scenario: { guestKernel: "kata" },
    });
    asked.length = 0;
    expect((await verify(open, ["--kata", "/nowhere/kata", "--tier", "guest"])).code).not.toBe(2);
    expect(asked).toEqual([]);
  });
});

describe("a run that is ended", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("by %s exits with %i, and has a verdict of what was seen", async (signal, exit) => {
    const interrupted = { rootfs: () => void process.emit(signal, signal) };
    const { code, codes, verdicts } = await verify(scripted(interrupted), [], ["debian-13", "debian-12"]);
    expect(code).toBe(exit);
    expect(codes).toEqual([new Set(["infra.interrupted"]), new Set(["infra.interrupted"])]);
    expect(verdicts.map(({ finishedAt }) => finishedAt)).not.toContain(null);
  });

  it("while its session is opened, too", async () => {
    const { code, codes } = await verify(async ({ signal }) => {
      process.emit("SIGINT", "SIGINT");
      return throwing(signal.reason)();
    });
    expect([code, ...codes]).toEqual([130, new Set(["infra.interrupted"])]);
  });

  it("a second time ends at once", async () => {
    const exit = vi.spyOn(process, "exit").mockImplementation(throwing(new Error("at once")));
    const twice = () => {
      process.emit("SIGINT", "SIGINT");
      expect(() => process.emit("SIGINT", "SIGINT")).toThrow("at once");
      expect(exit).toHaveBeenCalledWith(130);
    };
    await verify(scripted({ rootfs: twice }));
  });

  it("by its deadline could not tell", async () => {
    const waits = async ({ signal }: SessionOptions) => {
      const ended = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      return sessionOf(() => ({ ...scriptedHands(), rootfs: () => ended }));
    };
    const { code, codes } = await verify(waits, ["--deadline", "1s"]);
    expect([code, ...codes]).toEqual([3, new Set(["infra.deadline"])]);
  });
});

describe("trouble of the runner is exit 3 and a verdict that says so", () => {
  it.each([
    ["infra.engine-gone", new EngineGone("no container engine answers")],
    ["infra.mirror-down", new Unprepared("install", reason("infra.mirror-down"))],
    ["infra.disk-full", Object.assign(new Error("no space left on device"), { code: "ENOSPC" })],
  ])("%s before the first cell, and in it", async (code, error) => {
    const before = await verify(async () => throwing(error)());
    expect([before.code, ...before.codes]).toEqual([3, new Set([code])]);
    const inside = await verify(scripted({ rootfs: throwing(error) }));
    expect([inside.code, ...inside.codes]).toEqual([3, new Set([code])]);
    expect(inside.stderr).not.toContain("bug");
  });
});

describe("a bug in the harness", () => {
  const bug = throwing(new TypeError("undefined is not a function"));

  it.each([
    ["before the first cell", async () => bug()],
    ["in a cell", scripted({ rootfs: bug })],
  ])("%s is exit 70 with its stack, and a verdict that blames the harness", async (_, open) => {
    const { code, stderr, codes } = await verify(open);
    expect([code, ...codes]).toEqual([70, new Set(["harness.bug"])]);
    expect(stderr).toMatch(
      /this is a bug in the harness.*\nTypeError: undefined is not a function\n {4}at .*verify\.test\.ts/,
    );
  });

  it("leaves the other cells what they have seen", async () => {
    const session = sessionOf((_, cell) => scriptedHands(cell.startsWith("debian-13 ") ? { rootfs: bug } : {}));
    const { code, verdicts } = await verify(async () => session, ["--jobs", "2"], ["debian-13", "debian-12"]);
    expect(code).toBe(70);
    expect(verdicts.map(({ cells }) => cells[0]?.standing)).toEqual(["inconclusive", "unsupported"]);
  });
});
