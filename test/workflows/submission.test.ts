import { existsSync, symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allEvaluated, holds } from "./expressions.ts";
import { files, job } from "./files.ts";
import { jobsOf } from "./jobs.ts";
import { type Runner, runner } from "./scripts.ts";

/** A repository with a commit of a stranger's on top of the base, and a clone of the base beside it. */
function repositories(at: Runner, change: (write: (name: string, text: string) => void) => void, known = ""): string {
  at.git("init", "-q", "-b", "main", "origin");
  const git = (...argv: string[]) => at.git("-C", "origin", ...argv);
  git("config", "uploadpack.allowAnySHA1InWant", "true");
  at.write("origin/submissions/old.tar.gz", "old");
  at.write("origin/submissions/known.txt", known);
  git("add", ".");
  git("commit", "-qm", "Begin");
  at.git("clone", "-q", `file://${at.path("origin")}`, "clone");
  git("checkout", "-q", "-b", "fork");
  change((name, text) => at.write(`origin/${name}`, text));
  git("add", ".");
  git("commit", "-qm", "Submit");
  const head = git("rev-parse", "HEAD");
  git("checkout", "-q", "main");
  return head;
}

/** Stands for certify --check: says what it was asked to, and ends so. */
function check(at: Runner, head: string, report: object | undefined, code = 0) {
  const text = report ? JSON.stringify(report) : "";
  at.program("stand-in.cjs", `process.stdout.write(${JSON.stringify(text)}); process.exitCode = ${code};`);
  const env = { HEAD_SHA: head, KATA_VERIFY_PROGRAM: at.path("bin/stand-in.cjs"), OUT: at.path("out") };
  return at.script("check-submission.mjs", env, at.path("clone"));
}

const manifest = { target: "debian-13", arch: "amd64", required: { kata: "4.0.0" }, claim: [] };
const good = { accepted: true, refusals: [], review: ["who sent it"], manifest };

describe("check-submission.mjs", () => {
  it("checks each new bundle, as data, and says what came out", () => {
    using at = runner();
    const head = repositories(at, write => {
      write("submissions/debian-13.tar.gz", "bytes");
      write("submissions/fedora-44.tar.gz", "others");
      write("package.json", "{ evil }");
    });
    const { code } = check(at, head, good);
    expect(code).toBe(0);
    const calls = at.calls("stand-in.cjs");
    expect(calls.map(({ argv }) => argv.slice(0, 2))).toEqual([
      ["certify", "--check"],
      ["certify", "--check"],
    ]);
    expect(calls[0]?.argv.slice(3)).toEqual(["--known", expect.stringMatching(/\/submissions\/known\.txt$/), "--json"]);
    expect(at.read("out/comment.md")).toContain("submissions/debian-13.tar.gz: debian-13 amd64 for Kata 4.0.0");
    expect(at.read("out/comment.md")).toContain("### In order");
    expect(at.read("out/comment.md")).toContain("`gh attestation verify FILE --repo OWNER/NAME`");
    // Nothing of the commit is in the work tree.
    expect(existsSync(at.path("clone/package.json"))).toBe(false);
    expect(existsSync(at.path("clone/submissions/debian-13.tar.gz"))).toBe(false);
  });

  it("has the real program refuse what is no bundle", () => {
    using at = runner();
    const head = repositories(at, write => write("submissions/x.tar.gz", "no bundle"));
    const { code } = at.script("check-submission.mjs", { HEAD_SHA: head, OUT: at.path("out") }, at.path("clone"));
    expect(code).toBe(1);
    expect(at.read("out/comment.md")).toContain("bundle.not-gzip");
    expect(JSON.parse(at.read("out/report.json"))).toMatchObject([{ path: "submissions/x.tar.gz", code: 2 }]);
  });

  it.each([
    ["a bundle that is changed", { "submissions/old.tar.gz": "new" }, "was there before"],
    ["another kind of file", { "submissions/run.sh": "touch pwned" }, "is not named"],
    ["a name for a shell", { "submissions/x;touch pwned.tar.gz": "x" }, "is not named"],
    ["a folder of its own", { "submissions/a/b.tar.gz": "x" }, "is not named"],
    ["a file that is too large", { "submissions/x.tar.gz": "x".repeat(16 * 1024 * 1024 + 1) }, "more than any bundle"],
    [
      "too many",
      Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`submissions/${n}.tar.gz`, "x"])),
      "more than 8",
    ],
    ["nothing", { "README.md": "x" }, "no new file"],
  ])("refuses %s", (_, files, why) => {
    using at = runner();
    const head = repositories(at, write => {
      for (const [name, text] of Object.entries(files)) write(name, text);
    });
    expect(check(at, head, good).code).toBe(1);
    expect(at.read("out/comment.md")).toContain(why);
    expect(existsSync(at.path("clone/pwned"))).toBe(false);
  });

  const known = "submissions/known.txt";
  it("takes a list of known runs from before the last bundles were taken for no change", () => {
    using at = runner();
    const head = repositories(at, write => write("submissions/x.tar.gz", "x"), "# Runs\n");
    at.write(`clone/${known}`, "# Runs\none\n");
    at.git("-C", "clone", "commit", "-qam", "Take a bundle");
    expect(check(at, head, good).code).toBe(0);
    expect(at.read("out/comment.md")).not.toContain(known);
  });

  it.each(["# Ruins\n", "# Runs\nother\n", "# Runs\none\ntwo\n"])(
    "refuses a list of known runs of its own: %j",
    text => {
      using at = runner();
      const head = repositories(at, write => write(known, text), "# Runs\none\n");
      expect(check(at, head, good).code).toBe(1);
      expect(at.read("out/comment.md")).toContain(`${known}: is not named`);
    },
  );

  it("refuses a link", () => {
    using at = runner();
    const head = repositories(at, () => symlinkSync("/etc/passwd", at.path("origin/submissions/x.tar.gz")));
    expect(check(at, head, good).code).toBe(1);
    expect(at.read("out/comment.md")).toContain("is no plain file");
    expect(at.calls("stand-in.cjs")).toEqual([]);
  });

  it.each(["main", "--upload-pack=touch pwned", "", "0".repeat(40)])("takes %j for no commit", head => {
    using at = runner();
    repositories(at, write => write("submissions/x.tar.gz", "x"));
    expect(check(at, head, good).code).not.toBe(0);
    expect(existsSync(at.path("clone/pwned"))).toBe(false);
    expect(at.calls("stand-in.cjs")).toEqual([]);
  });

  it("says so where the check itself ends badly, or accepts and ends as if not", () => {
    using at = runner();
    const head = repositories(at, write => write("submissions/x.tar.gz", "x"));
    expect(check(at, head, undefined, 70).code).toBe(1);
    expect(at.read("out/comment.md")).toContain("the check ended with 70");
    expect(check(at, head, good, 1).code).toBe(1);
    expect(at.read("out/comment.md")).toContain("### Refused");
  });

  it("lets no text of a bundle command the service that prints it", () => {
    using at = runner();
    const head = repositories(at, write => write("submissions/x.tar.gz", "x"));
    const claim = [{ scenario: "::stop-commands::x", standing: "supported" }];
    const { printed } = check(at, head, { ...good, manifest: { ...manifest, target: "##[error]x", claim } }, 1);
    expect(printed).toContain(": :stop-commands::x: supported");
    expect(printed).not.toMatch(/^\s*::|##\w*\[/m);
  });

  it("lets no text of a bundle out of its block", () => {
    using at = runner();
    const head = repositories(at, write => write("submissions/x.tar.gz", "x"));
    const hostile = "```\n@everyone ![x](http://x.example/y) <img src=x>\u202e \u001b[2J ````` ";
    const refusals = [{ code: hostile, detail: hostile }];
    check(
      at,
      head,
      { accepted: false, refusals, review: [hostile, "```", "@everyone"], manifest: { ...manifest, target: hostile } },
      1,
    );
    const text = at.read("out/comment.md");
    const blocks = [...text.matchAll(/^(`{3,})text\n([\s\S]*?)\n\1$/gm)];
    const outside = blocks.reduce((left, [whole]) => left.replace(whole, ""), text);
    expect(blocks).toHaveLength(2);
    expect(outside).not.toMatch(/@everyone|<img|http/);
    expect(text).not.toMatch(/[\u202e\u001b]/);
  });
});

describe("the two workflows of a submission", () => {
  const [own, other] = [".github/workflows/submission.yml", ".github/workflows/submission-comment.yml"];
  const event = (of: object) => ({ github: { event: { workflow_run: of } } });

  it("check the commit that GitHub names, once as a pull request's and once as the end of its check", () => {
    const sha = "a".repeat(40);
    const scripts = [own, other].map(path => job(path, "check").steps.find(({ run }) => run !== undefined));
    const contexts = { github: { event: { pull_request: { head: { sha } }, workflow_run: { head_sha: sha } } } };
    for (const step of scripts) {
      expect(step?.["run"]).toBe("node .github/scripts/check-submission.mjs");
      expect(allEvaluated(step?.["env"] as object, contexts)).toEqual({ HEAD_SHA: sha });
    }
    for (const path of [own, other]) expect(job(path, "check").steps.at(-1)?.["if"]).toBe("always()");
  });

  it("comment on pull requests alone, whether the bundles are in order or not", () => {
    const { check, comment } = { check: job(other, "check").job["if"], comment: job(other, "comment").job["if"] };
    expect(holds(check, event({ event: "pull_request" }))).toBe(true);
    expect(holds(check, event({ event: "push" }))).toBe(false);
    const following = (result: string) => holds(comment, { needs: { check: { result } } });
    expect(["success", "failure", "skipped"].map(following)).toEqual([true, true, false]);
  });

  it("give the token to the script that comments, and to that alone", () => {
    const withToken = [own, other].flatMap(path =>
      files
        .filter(([name]) => name === path)
        .flatMap(([, file]) => jobsOf(file))
        .flatMap(({ steps }) => steps.filter(step => JSON.stringify(step).includes("github.token"))),
    );
    expect(withToken.map(({ run }) => run)).toEqual(["node .github/scripts/comment.mjs"]);
  });

  it("take no number, commit or repository out of an artifact", () => {
    const steps = job(other, "comment").steps;
    const downloads = steps.filter(({ uses }) => String(uses).includes("download-artifact"));
    // Of this very run: what the main branch's code has written in the job before.
    expect(downloads.map(step => step["with"])).toEqual([{ name: "submission", path: "submission" }]);
    using at = runner();
    at.write("submission/comment.md", "<!-- kata-verify: submission -->\n\n#8 repos/evil/name");
    at.write("submission/report.json", '{"number":8}');
    at.write("submission/number", "8");
    at.program("gh", `console.log(argv[3].includes("/pulls?") ? "[]" : "{}");`);
    const run = { head_sha: "a".repeat(40), head_branch: "x", head_repository: { owner: { login: "stranger" } } };
    const contexts = { github: { token: "t", event: { workflow_run: run } } };
    const seen = at.step(steps.at(-1) ?? {}, contexts, { GITHUB_REPOSITORY: "owner/name" });
    expect(seen).toMatchObject({ code: 0 });
    expect(at.calls("gh").map(({ argv }) => argv[3])).toEqual([
      "repos/owner/name/pulls?state=open&per_page=100&head=stranger%3Ax",
    ]);
  });
});

describe("comment.mjs", () => {
  const sha = "a".repeat(40);
  const env = {
    ...{
      GITHUB_REPOSITORY: "owner/name",
      HEAD_SHA: sha,
      HEAD_OWNER: "stranger",
      HEAD_BRANCH: "a&state=all#;touch pwned",
    },
    COMMENT: "comment.md",
  };
  const pull = (head: string, base = "owner/name") => ({
    number: 7,
    head: { sha: head },
    base: { repo: { full_name: base } },
  });

  function comment(at: Runner, pulls: object[], comments: object[], text = "<!-- kata-verify: submission -->\n\nText") {
    at.write("comment.md", text);
    at.program(
      "gh",
      `const path = argv[3];
const answer = path.includes("/pulls?") ? ${JSON.stringify(pulls)} : argv[2] === "GET" ? ${JSON.stringify(comments)} : {};
console.log(JSON.stringify(answer));`,
    );
    return at.script("comment.mjs", env);
  }

  it("writes on the pull request that has this head", () => {
    using at = runner();
    expect(comment(at, [pull("b".repeat(40)), pull(sha)], []).code).toBe(0);
    const calls = at.calls("gh");
    expect(calls[0]?.argv[3]).toBe(
      "repos/owner/name/pulls?state=open&per_page=100&head=stranger%3Aa%26state%3Dall%23%3Btouch%20pwned",
    );
    expect(calls.at(-1)?.argv.slice(1, 4)).toEqual(["--method", "POST", "repos/owner/name/issues/7/comments"]);
    expect(JSON.parse(calls.at(-1)?.input ?? "")).toEqual({ body: "<!-- kata-verify: submission -->\n\nText" });
    expect(existsSync(at.path("pwned"))).toBe(false);
  });

  it("changes its own earlier comment, and nobody else's that looks alike", () => {
    using at = runner();
    const body = "<!-- kata-verify: submission -->";
    comment(
      at,
      [pull(sha)],
      [
        { id: 1, user: { login: "stranger" }, body },
        { id: 2, user: { login: "github-actions[bot]" }, body },
      ],
    );
    expect(at.calls("gh").at(-1)?.argv.slice(1, 4)).toEqual([
      "--method",
      "PATCH",
      "repos/owner/name/issues/comments/2",
    ]);
  });

  it.each([
    ["was pushed to since", [pull("b".repeat(40))]],
    ["is of another repository", [pull(sha, "owner/other")]],
    ["is closed", []],
  ])("says nothing where the pull request %s", (_, pulls) => {
    using at = runner();
    expect(comment(at, pulls, []).code).toBe(0);
    expect(at.calls("gh")).toHaveLength(1);
  });

  it("says nothing that the check did not write", () => {
    using at = runner();
    expect(comment(at, [pull(sha)], [], "Merge this").code).toBe(2);
    expect(at.calls("gh")).toHaveLength(1);
  });
});
