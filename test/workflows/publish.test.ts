import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { holds } from "./expressions.ts";
import { job } from "./files.ts";
import { type Runner, runner } from "./scripts.ts";

function repository(at: Runner): void {
  at.git("init", "-q", "--bare", "-b", "main", "origin");
  at.git("init", "-q", "-b", "main", "work");
  at.git("-C", "work", "remote", "add", "origin", at.path("origin"));
  at.write("work/package.json", JSON.stringify({ version: "1.2.3" }));
  at.write("work/images/a-1.json", "{}\n");
  at.write("work/kata/pins.json", "{}\n");
  at.git("-C", "work", "add", ".");
  at.git("-C", "work", "commit", "-qm", "Begin");
  at.git("-C", "work", "push", "-q", "origin", "HEAD:refs/heads/main");
}

describe("keep-verdicts.mjs", () => {
  const verdict = (finishedAt: string, outcome: string) =>
    JSON.stringify({ target: "debian-13", startedAt: "2026-11-22T23:00:00Z", finishedAt, outcome, cells: [] });
  const keep = (at: Runner, run: string) =>
    at.script("keep-verdicts.mjs", { RUN: run, VERDICTS: at.path("results") }, at.path("work"));
  const kept = (at: Runner) => at.git("-C", "origin", "ls-tree", "-r", "--name-only", "verdicts").split("\n");

  it("adds the verdicts of each run to the branch, each once, and leaves the work tree alone", () => {
    using at = runner();
    repository(at);
    at.write("results/a/debian-13/verdict.json", verdict("2026-11-23T01:00:00Z", "error"));
    at.write("results/a/earlier/1/debian-13/verdict.json", verdict("2026-11-23T00:30:00Z", "pass"));
    expect(keep(at, "11")).toMatchObject({ code: 0 });
    expect(kept(at)).toHaveLength(2);
    expect(kept(at)[0]).toMatch(/^runs\/2026-11-23\/11\/debian-13-[0-9a-f]{12}\/verdict\.json$/);
    expect(keep(at, "11").printed).toContain("all kept before");
    expect(keep(at, "12")).toMatchObject({ code: 0 });
    expect(kept(at)).toHaveLength(4);
    expect(at.git("-C", "origin", "rev-list", "--count", "verdicts")).toBe("2");
    expect(at.git("-C", "work", "status", "--porcelain")).toBe("");
  });

  it.each([
    ["a run that is no number", "1; touch pwned", verdict("2026-11-23T01:00:00Z", "pass")],
    ["a target that is a path", "1", verdict("2026-11-23T01:00:00Z", "pass").replace("debian-13", "../../x")],
    ["a verdict without a day", "1", JSON.stringify({ target: "debian-13", startedAt: "../x", cells: [] })],
    ["what is no verdict", "1", "{"],
  ])("refuses %s", (_, run, text) => {
    using at = runner();
    repository(at);
    at.write("results/verdict.json", text);
    expect(keep(at, run)).toMatchObject({ code: 2 });
    expect(at.git("-C", "origin", "branch", "--list", "verdicts")).toBe("");
    expect(existsSync(at.path("work/pwned"))).toBe(false);
  });
});

describe("site.yml", () => {
  const siteYml = ".github/workflows/site.yml";
  const run = (of: object) => ({
    ...{ event_name: "workflow_run", repository: "owner/name" },
    event: {
      repository: { default_branch: "main" },
      workflow_run: { event: "schedule", head_branch: "main", head_repository: { full_name: "owner/name" }, ...of },
    },
  });

  it.each([
    { of: "a schedule", github: run({}), kept: true },
    { of: "a maintainer on the main branch", github: run({ event: "workflow_dispatch" }), kept: true },
    {
      of: "a maintainer on another branch",
      github: run({ event: "workflow_dispatch", head_branch: "x" }),
      kept: false,
    },
    { of: "a pull request", github: run({ event: "pull_request" }), kept: false },
    { of: "a fork's main", github: run({ head_repository: { full_name: "stranger/name" } }), kept: false },
    { of: "a fork that is gone", github: run({ head_repository: null }), kept: false },
    { of: "no run", github: { event_name: "workflow_dispatch", repository: "owner/name", event: {} }, kept: false },
  ])("keeps the verdicts of $of: $kept", ({ github, kept }) => {
    expect(holds(job(siteYml, "keep").job["if"], { github })).toBe(kept);
  });

  it.each([
    { result: "success", event_name: "workflow_run", isBuilt: true },
    { result: "skipped", event_name: "workflow_run", isBuilt: false },
    { result: "failure", event_name: "workflow_run", isBuilt: false },
    { result: "skipped", event_name: "workflow_dispatch", isBuilt: true },
  ])("builds after $event_name with $result: $isBuilt", ({ result, event_name, isBuilt }) => {
    const contexts = { github: { event_name }, needs: { keep: { result } } };
    expect(holds(job(siteYml, "build").job["if"], contexts)).toBe(isBuilt);
    const deploys = { needs: { build: { result: isBuilt ? "success" : "skipped" } } };
    expect(holds(job(siteYml, "deploy").job["if"], deploys)).toBe(isBuilt);
  });
});

describe("release.mjs", () => {
  function release(at: Runner, tag: string, major = "[]") {
    repository(at);
    at.git("-C", "work", "tag", "v1.2.3");
    at.program("gh", `console.log(argv.some(one => one.includes("matching-refs")) ? ${JSON.stringify(major)} : "{}");`);
    return at.script("release.mjs", { TAG: tag, GITHUB_REPOSITORY: "owner/name" }, at.path("work"));
  }

  it("publishes the tag's sources with their digest, and makes the major one", () => {
    using at = runner();
    expect(release(at, "v1.2.3", '[{"ref":"refs/tags/v10"}]')).toMatchObject({ code: 0 });
    const [create, , make] = at.calls("gh");
    const file = "kata-verify-1.2.3.tar.gz";
    expect(create?.argv).toEqual([
      ...["release", "create", "v1.2.3", "--verify-tag", "--generate-notes", "--title", "v1.2.3"],
      ...[file, `${file}.sha256`],
    ]);
    const digest = createHash("sha256")
      .update(readFileSync(at.path(`work/${file}`)))
      .digest("hex");
    expect(at.read(`work/${file}.sha256`)).toBe(`${digest}  ${file}\n`);
    const sha = at.git("-C", "work", "rev-parse", "HEAD");
    expect(make?.argv.slice(1, 4)).toEqual(["--method", "POST", "repos/owner/name/git/refs"]);
    expect(JSON.parse(make?.input ?? "")).toEqual({ ref: "refs/tags/v1", sha });
  });

  it("moves the major one where it is there", () => {
    using at = runner();
    release(at, "v1.2.3", '[{"ref":"refs/tags/v1"}]');
    expect(at.calls("gh").at(-1)?.argv.slice(1, 4)).toEqual(["--method", "PATCH", "repos/owner/name/git/refs/tags/v1"]);
  });

  it.each(["v1.2.4", "1.2.3", "v1.2.3-rc1", "v1.2.3;touch pwned", "--help"])("does not publish %s", tag => {
    using at = runner();
    expect(release(at, tag)).toMatchObject({ code: 2 });
    expect(at.calls("gh")).toEqual([]);
  });
});

describe("propose-pins.mjs", () => {
  function propose(at: Runner, change: () => void, open = "[]") {
    repository(at);
    change();
    at.git("-C", "work", "add", "--intent-to-add", ".");
    at.git("-C", "work", "diff", "--binary", `--output=${at.path("pins.patch")}`);
    at.git("-C", "work", "reset", "-q", "--hard");
    at.program("gh", `console.log(${JSON.stringify(open)});`);
    const env = {
      PATCH: at.path("pins.patch"),
      BODY: at.write("pins.md", "Why\n"),
      BASE: "main",
      GITHUB_REPOSITORY: "owner/name",
    };
    return at.script("propose-pins.mjs", env, at.path("work"));
  }
  const branches = (at: Runner) => at.git("-C", "origin", "branch", "--format=%(refname:short)").split("\n");

  it("pushes a branch, opens a pull request, and runs the cells that it touches", () => {
    using at = runner();
    expect(propose(at, () => at.write("work/images/a-1.json", '{ "x": 1 }\n'))).toMatchObject({ code: 0 });
    expect(branches(at)).toEqual(["main", "pins/update"]);
    expect(at.git("-C", "origin", "show", "pins/update:images/a-1.json")).toBe('{ "x": 1 }');
    const since = at.git("-C", "origin", "rev-parse", "main");
    const calls = at.calls("gh");
    expect(calls.map(({ argv }) => argv.filter(one => one !== "--input" && one !== "-"))).toEqual([
      ["api", "--method", "GET", "repos/owner/name/pulls?state=open&head=owner:pins/update"],
      ["api", "--method", "POST", "repos/owner/name/pulls"],
      ["workflow", "run", "ci.yml", "--ref", "pins/update"],
      ["workflow", "run", "verify.yml", "--ref", "pins/update", "-f", `since=${since}`],
    ]);
    const said = { title: "Renew the pins", body: "Why\n", base: "main", head: "pins/update" };
    expect(JSON.parse(calls[1]?.input ?? "")).toEqual(said);
  });

  it("changes the pull request that is open", () => {
    using at = runner();
    propose(at, () => at.write("work/kata/pins.json", "{ }\n"), '[{"number":7}]');
    expect(at.calls("gh")[1]?.argv.slice(1, 4)).toEqual(["--method", "PATCH", "repos/owner/name/pulls/7"]);
  });

  it("does nothing where nothing changed", () => {
    using at = runner();
    expect(propose(at, () => undefined)).toMatchObject({ code: 0 });
    expect(branches(at)).toEqual(["main"]);
  });

  it.each([
    "package.json",
    ".github/workflows/x.yml",
    "images/new-1.json",
    "images/../package.json",
    "images/a-1.json.sh",
  ])("refuses a patch of %s", path => {
    using at = runner();
    expect(propose(at, () => at.write(`work/${path}`, "changed\n"))).toMatchObject({ code: 2 });
    expect(branches(at)).toEqual(["main"]);
    expect(at.calls("gh")).toEqual([]);
  });
});
