import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allEvaluated, type Contexts, evaluated, holds } from "./expressions.ts";
import { job, project } from "./files.ts";
import type { Job } from "./jobs.ts";
import { type Runner, runner } from "./scripts.ts";
import { standIn } from "./stand-in.ts";

interface Entry {
  readonly target: string;
  readonly arch: string;
  readonly scenarios: string;
  readonly runner: string;
}

const verifyYml = ".github/workflows/verify.yml";
const partYml = ".github/workflows/verify-part.yml";
const stepsThatRun = (path: string, id: string) => job(path, id).steps.filter(({ run }) => run !== undefined);

const [planStep = {}] = stepsThatRun(verifyYml, "plan");
const [, verifyStep = {}] = stepsThatRun(partYml, "target");
const downloads = (path: string, id: string) =>
  job(path, id)
    .steps.filter(({ uses }) => String(uses).startsWith("actions/download-artifact@"))
    .map(step => step["with"] as { readonly name?: string; readonly pattern?: string });
const accountedStep = stepsThatRun(verifyYml, "fold").at(-1) ?? {};

const inputs = { inputs: {}, github: { event: {} } };

interface PlannedJob {
  readonly entry: Entry;
  readonly machine: unknown;
  readonly contexts: Contexts;
}

/** What GitHub makes of the plan job's outputs: matrices of the part's, and of those jobs, each with what its expressions see. */
function planned(at: Runner, env: Readonly<Record<string, string>> = {}): readonly PlannedJob[] {
  const { code, outputs, printed } = at.step(planStep, inputs, { PLAN: at.path("plan.json"), ...env });
  if (code !== 0) throw new Error(printed);
  const given = allEvaluated(job(verifyYml, "plan").job["outputs"] as object, { steps: { plan: { outputs } } });
  const caller = job(verifyYml, "verify").job;
  const contexts = { ...inputs, needs: { plan: { outputs: given } } };
  const matrixOf = ({ job: { strategy } }: Job) => (strategy as { matrix: unknown }).matrix;
  const { number: numbers } = matrixOf(job(verifyYml, "verify")) as { number: string };
  return (evaluated(numbers, contexts) as number[]).flatMap(number => {
    const called = { inputs: allEvaluated(caller["with"] as object, { ...contexts, matrix: { number } }) };
    const matrix = evaluated(String(matrixOf(job(partYml, "target"))), called) as { include: Entry[] };
    return matrix.include.map(one => ({
      entry: one,
      machine: evaluated(String(job(partYml, "target").job["runs-on"]), { ...called, matrix: one }),
      contexts: { ...called, matrix: one },
    }));
  });
}

const contextsOf = (matrix: Entry): Contexts => ({ matrix, inputs: { tier: "kata" } });

const entry: Entry = { target: "debian-13", arch: "amd64", scenarios: "qemu-distro-kernel", runner: "ubuntu-24.04" };

describe("verify.yml", () => {
  it("runs the job's own script for every entry of the repository's real plan, and accounts for all of them", () => {
    using at = runner();
    const jobs = planned(at);
    expect(jobs.length).toBeGreaterThan(5);
    const program = standIn(at, [{ code: 0, standing: "supported" }]);
    for (const { entry: one, contexts } of jobs) {
      const out = at.path(`results/${one.target}-${one.arch}`);
      const { code, outputs, printed } = at.step(verifyStep, contexts, { KATA_VERIFY_PROGRAM: program, OUT: out });
      expect({ code, printed }).toMatchObject({ code: 0 });
      expect(outputs).toMatchObject({ product: "supported", infra: "false", tries: "1", code: "0" });
    }
    const calls = at.calls("stand-in.cjs");
    expect(calls.map(({ argv }) => argv.slice(0, 2))).toEqual(jobs.map(one => ["verify", one.entry.target]));
    expect(calls[0]?.argv).toEqual([
      ...["verify", "debian-12", "--scenario", ...(jobs[0]?.entry.scenarios.split(" ") ?? []), "--arch", "amd64"],
      ...["--tier", "kata", "--out", at.path("results/debian-12-amd64"), "--setup", "--deadline", "60m"],
    ]);
    expect(at.step(accountedStep, {})).toMatchObject({ code: 0 });
  });

  it("has each job on the machine of its architecture, and its results under a name of their own", () => {
    using at = runner();
    const jobs = planned(at);
    const machines = { amd64: "ubuntu-24.04", arm64: "ubuntu-24.04-arm" } as Readonly<Record<string, string>>;
    expect(jobs.map(({ machine }) => machine)).toEqual(jobs.map(one => machines[one.entry.arch]));
    expect(evaluated(String(job(partYml, "target").job["runs-on"]), { matrix: { runner: "another" } })).toBe("another");
    const upload = job(partYml, "target").steps.at(-1)?.["with"] as { name: string };
    const names = jobs.map(({ contexts }) => evaluated(upload.name, contexts));
    expect(new Set(names).size).toBe(names.length);
    const [, download] = downloads(verifyYml, "fold");
    expect(names.filter(name => !String(name).startsWith(download?.pattern?.replace("*", "") ?? "?"))).toEqual([]);
  });

  it("keeps what there is and accounts for it, whatever came out before", () => {
    const since = (id: string, path: string) => {
      const { steps } = job(path, id);
      const ran = steps.findIndex(({ run }) => /verify-target|npm run matrix/.test(String(run ?? "")));
      expect(ran).toBeGreaterThan(0);
      return steps.slice(ran + 1);
    };
    const kept = [...since("target", partYml), ...since("fold", verifyYml)];
    expect(kept.map(({ uses, run }) => String(uses ?? run).replace(/@.*/, ""))).toEqual([
      ...Array.from({ length: 3 }, () => "actions/upload-artifact"),
      "node .github/scripts/accounted.mjs",
    ]);
    expect(kept.filter(step => step["if"] !== "always()")).toEqual([]);
    const fold = job(verifyYml, "fold").job["if"];
    for (const result of ["success", "failure"])
      expect(holds(fold, { needs: { plan: { result: "success" }, verify: { result } } })).toBe(true);
    expect(holds(fold, { needs: { plan: { result: "success" }, verify: { result: "skipped" } } })).toBe(false);
  });

  const of = (full_name: string) => ({
    event_name: "pull_request",
    repository: "owner/name",
    event: { pull_request: { head: { repo: { full_name } } } },
  });
  it.each([
    { what: "a schedule", github: { event_name: "schedule", event: {} }, cells: "5", runs: true },
    { what: "a branch of ours", github: of("owner/name"), cells: "5", runs: true },
    { what: "a fork", github: of("stranger/name"), cells: "5", runs: false },
    { what: "a fork that is gone", github: { ...of("x"), event: { pull_request: {} } }, cells: "5", runs: false },
    { what: "a plan without cells", github: { event_name: "schedule", event: {} }, cells: "0", runs: false },
  ])("runs cells of $what: $runs", ({ github, cells, runs }) => {
    const condition = job(verifyYml, "verify").job["if"];
    expect(holds(condition, { github, needs: { plan: { outputs: { cells } } } })).toBe(runs);
  });

  it.each([
    { ends: [0], tries: 1, code: 0 },
    { ends: [1, 0], tries: 1, code: 1 },
    { ends: [2, 0], tries: 1, code: 2 },
    { ends: [4, 0], tries: 1, code: 4 },
    { ends: [70, 0], tries: 1, code: 70 },
    { ends: [143, 0], tries: 1, code: 143 },
    { ends: [3, 0], tries: 2, code: 0 },
    { ends: [3, 1], tries: 2, code: 1 },
    { ends: [3, 3, 0], tries: 2, code: 3 },
  ])("exit codes $ends: $tries tries, and $code", ({ ends, tries, code }) => {
    using at = runner();
    const program = standIn(
      at,
      ends.map(one => ({ code: one })),
    );
    const seen = at.step(verifyStep, contextsOf(entry), { KATA_VERIFY_PROGRAM: program });
    expect(seen.code).toBe(code);
    expect(seen.outputs["tries"]).toBe(String(tries));
    expect(at.calls("stand-in.cjs")).toHaveLength(tries);
  });

  const error = [{ gating: true, outcome: "error" }];
  it.each([
    {
      what: "proof against the distro",
      ends: [{ code: 1, standing: "unsupported" }],
      product: "unsupported",
      infra: "false",
    },
    {
      what: "proof, and something untold",
      ends: [{ code: 1, standing: "unsupported", checks: error }],
      product: "unsupported",
      infra: "true",
    },
    { what: "a known issue", ends: [{ code: 0, standing: "unsupported" }], product: "unsupported", infra: "false" },
    { what: "emulation", ends: [{ code: 0, standing: "provisional" }], product: "provisional", infra: "false" },
    {
      what: "emulation where KVM is required",
      ends: [{ code: 3, standing: "provisional" }],
      product: "provisional",
      infra: "true",
    },
    {
      what: "nothing to test",
      ends: [{ code: 4, standing: "not-applicable" }],
      product: "not-applicable",
      infra: "false",
    },
    { what: "untold twice", ends: [{ code: 3, standing: "inconclusive" }], product: "unknown", infra: "true" },
    {
      what: "untold once",
      ends: [
        { code: 3, standing: "inconclusive" },
        { code: 0, standing: "supported" },
      ],
      product: "supported",
      infra: "false",
    },
    { what: "no verdict", ends: [{ code: 2 }], product: "unknown", infra: "true" },
    {
      what: "no verdict of the second try",
      ends: [{ code: 3, standing: "supported" }, { code: 70 }],
      product: "unknown",
      infra: "true",
    },
    { what: "a word that no verdict has", ends: [{ code: 0, standing: "yes" }], product: "unknown", infra: "true" },
  ])("outputs say $product and $infra for $what", ({ ends, product, infra }) => {
    using at = runner();
    const seen = at.step(verifyStep, contextsOf(entry), { KATA_VERIFY_PROGRAM: standIn(at, ends) });
    expect(seen.outputs).toMatchObject({ product, infra, results: at.path("results/debian-13") });
  });

  it("keeps what the first try saw beside what the second one did", () => {
    using at = runner();
    const program = standIn(at, [
      { code: 3, standing: "inconclusive" },
      { code: 0, standing: "supported" },
    ]);
    at.step(verifyStep, contextsOf(entry), { KATA_VERIFY_PROGRAM: program });
    const found = readdirSync(at.path("results"), { recursive: true, encoding: "utf8" });
    const verdicts = found.filter(name => name.endsWith("verdict.json")).sort();
    expect(verdicts).toEqual([
      "debian-13/verdict.json",
      expect.stringMatching(/^earlier\/\d+\/debian-13\/verdict\.json$/),
    ]);
  });

  it.each([
    "debian-13; touch pwned",
    "$(touch pwned)",
    "`touch pwned`",
    "debian-13 --catalog=/tmp",
    "--catalog",
    '"; touch pwned; "',
    "debian-13\nproduct=supported",
    "../debian-13",
    "",
  ])("a target that is named %j is refused, and nothing is run", target => {
    using at = runner();
    const program = standIn(at, [{ code: 0 }]);
    const { code, outputs } = at.step(verifyStep, contextsOf({ ...entry, target }), { KATA_VERIFY_PROGRAM: program });
    expect({ code, outputs }).toEqual({ code: 2, outputs: { product: "unknown", infra: "true" } });
    expect(at.calls("stand-in.cjs")).toEqual([]);
    expect(existsSync(at.path("pwned"))).toBe(false);
  });

  it("a plan that names such a target is refused as well, and so is the catalog that has it", () => {
    using at = runner();
    const bad = { ...entry, target: "x$(touch pwned)" };
    at.program("stand-in.cjs", `console.log(${JSON.stringify(JSON.stringify({ include: [bad] }))})`);
    expect(at.step(planStep, inputs, { KATA_VERIFY_PROGRAM: at.path("bin/stand-in.cjs") })).toMatchObject({
      code: 2,
      outputs: {},
    });
    at.write("catalog/images/x$(touch pwned).json", JSON.stringify({ id: "x$(touch pwned)" }));
    at.write("catalog/scenarios/.keep", "");
    const real = at.step(planStep, inputs, { CATALOG: at.path("catalog") });
    expect(real).toMatchObject({ code: 2, outputs: {} });
    expect(real.printed).toContain("lower-case words joined by dashes");
    expect(existsSync(at.path("pwned"))).toBe(false);
  });
});

describe("a plan of many targets", () => {
  it.each([
    { count: 0, sizes: [] },
    { count: 256, sizes: [256] },
    { count: 257, sizes: [129, 128] },
    { count: 1000, sizes: [250, 250, 250, 250] },
  ])("$count jobs are matrices of $sizes", ({ count, sizes }) => {
    using at = runner();
    const include = Array.from({ length: count }, (_, at) => ({ ...entry, target: `many-${at}`, title: "x" }));
    const body = `console.log(JSON.stringify({ include: argv.includes("amd64") ? ${JSON.stringify(include)} : [] }))`;
    at.program("stand-in.cjs", body);
    const { code, outputs } = at.step(planStep, inputs, { KATA_VERIFY_PROGRAM: at.path("bin/stand-in.cjs") });
    const shards = JSON.parse(outputs["shards"] ?? "") as { include: Entry[] }[];
    expect({ code, sizes: shards.map(one => one.include.length) }).toEqual({ code: 0, sizes });
    expect(JSON.parse(outputs["numbers"] ?? "")).toEqual(sizes.map((_, number) => number));
    expect(outputs["cells"]).toBe(String(count));
    expect(shards.flatMap(one => one.include.map(({ target }) => target))).toEqual(include.map(({ target }) => target));
    const jobs = planned(at, { KATA_VERIFY_PROGRAM: at.path("bin/stand-in.cjs") });
    expect(jobs.map(({ entry: one }) => one.target)).toEqual(include.map(({ target }) => target));
  });

  it("is of those alone that files changed since a commit decide", () => {
    using at = runner();
    at.git("init", "-q");
    for (const name of ["a-1", "b-1"]) at.write(`images/${name}.json`, '{"arches":["arm64"]}');
    at.write("README.md", "");
    at.git("add", ".");
    at.git("commit", "-qm", "Begin");
    const since = at.git("rev-parse", "HEAD");
    at.program("stand-in.cjs", `console.log(JSON.stringify({ include: [] }))`);
    const plan = () => {
      const env = { KATA_VERIFY_PROGRAM: at.path("bin/stand-in.cjs"), CATALOG: at.root, SINCE: since };
      expect(at.script("plan.mjs", env)).toMatchObject({ code: 0 });
      const argv = at.calls("stand-in.cjs").at(-1)?.argv ?? [];
      return argv.slice(1, argv.indexOf("--scenario"));
    };
    at.write("images/b-1.json", '{ "arches": ["arm64"] }');
    at.git("commit", "-qam", "Change one");
    expect(plan()).toEqual(["b-1"]);
    at.git("rm", "-q", "images/a-1.json");
    at.git("commit", "-qm", "Remove the other");
    expect(plan()).toEqual(["b-1"]);
    at.write("kata/pins.json", "{}");
    at.git("add", "kata");
    at.git("commit", "-qm", "Pin");
    expect(plan()).toEqual([]);
    expect(at.script("plan.mjs", { SINCE: "HEAD; touch pwned", CATALOG: at.root })).toMatchObject({ code: 2 });
  });

  it("of one target has the architectures of that target, and what the catalog does not have is refused", () => {
    using at = runner();
    const [first] = JSON.parse(at.script("plan.mjs", { TARGETS: "debian-13" }).outputs["shards"] ?? "[]");
    expect(first.include).toMatchObject([{ target: "debian-13", arch: "amd64" }]);
    expect(at.script("plan.mjs", { TARGETS: "debian-13 debian-99" })).toMatchObject({ code: 2, outputs: {} });
  });

  it("that nothing decides has no jobs", () => {
    using at = runner();
    at.git("init", "-q");
    at.write("README.md", "");
    at.git("add", ".");
    at.git("commit", "-qm", "Begin");
    const env = { SINCE: at.git("rev-parse", "HEAD"), CATALOG: project };
    expect(at.script("plan.mjs", env).outputs).toMatchObject({ cells: "0", shards: "[]" });
  });
});

describe("a planned cell without a verdict", () => {
  const verdict = (cells: readonly object[]) => JSON.stringify({ target: "debian-13", cells });
  const cell = { scenario: "qemu-distro-kernel", arch: "amd64" };
  const plan = JSON.stringify({ include: [{ ...entry, scenarios: "qemu-distro-kernel qemu-kata-kernel" }] });

  it.each([
    { what: "no results at all", text: undefined },
    { what: "a file that is no verdict", text: "{" },
    { what: "a verdict of one of the two", text: verdict([cell]) },
    { what: "a verdict of another architecture", text: verdict([{ ...cell, arch: "arm64" }]) },
    { what: "a verdict of another target", text: verdict([cell]).replace("debian-13", "debian-12") },
  ])("is found: $what", ({ text }) => {
    using at = runner();
    at.write("plan.json", plan);
    if (text) at.write("results/results-debian-13-amd64/debian-13/verdict.json", text);
    const { code, printed } = at.step(accountedStep, {});
    expect(code).toBe(1);
    expect(printed).toContain("::error::debian-13 qemu-kata-kernel amd64: planned, and left no verdict");
  });

  it("is said in one line, which is no other command", () => {
    using at = runner();
    at.write("plan.json", JSON.stringify({ include: [{ ...entry, target: "x%0A\n::add-mask::a\r##[error]" }] }));
    const said = at.step(accountedStep, {}).printed.split(/[\r\n]/);
    expect(said.filter(line => /^::|##\[/.test(line))).toEqual([
      "::error::x%250A%0A::add-mask::a%0D# ##[error] qemu-distro-kernel amd64: planned, and left no verdict",
    ]);
  });

  it("is not missed where both are there, in files of their own", () => {
    using at = runner();
    at.write("plan.json", plan);
    at.write("results/a/debian-13/verdict.json", verdict([cell]));
    at.write("results/b/earlier/1/debian-13/verdict.json", verdict([{ ...cell, scenario: "qemu-kata-kernel" }]));
    expect(at.step(accountedStep, {})).toMatchObject({ code: 0 });
  });
});
