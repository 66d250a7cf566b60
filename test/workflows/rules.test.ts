import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { files, job, project, workflow } from "./files.ts";
import { jobsOf, triggersOf } from "./jobs.ts";
import { rules } from "./rules.ts";

const commit = "08c6903cd8c0fde910a37f88322edcfb5dd907a8";
const checkout = (ref = "") =>
  `      - uses: actions/checkout@${commit} # v5.0.0\n        with:\n          persist-credentials: false\n${ref}`;
const head = (on = "push:") => `on:\n  ${on}\npermissions:\n  contents: read\njobs:\n  one:\n`;
const steps = (text: string) => `    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    steps:\n${text}`;
const run = (text: string) => `      - run: ${text}\n`;

const ofOwnRun = [
  `contains(fromJSON('["schedule", "workflow_dispatch"]'), github.event.workflow_run.event)`,
  "github.event.workflow_run.head_repository.full_name == github.repository",
  "github.event.workflow_run.head_branch == github.event.repository.default_branch",
].join(" && ");
const download = (isOther: boolean) =>
  `      - uses: actions/download-artifact@${commit} # v5.0.0\n        with:\n          name: x\n${isOther ? "          run-id: 1\n" : ""}`;
const setUp = (given: string) => `      - uses: actions/setup-node@${commit} # v5.0.0\n        with:\n${given}`;

/** What each rule refuses, and the same made right. */
const examples: Readonly<Record<string, { readonly bad: readonly string[]; readonly good: string }>> = {
  pinned: {
    bad: [
      head() + steps("      - uses: actions/checkout@v5\n"),
      head() + steps("      - uses: actions/checkout@main # v5.0.0\n"),
      head() + steps(`      - uses: actions/checkout@${commit.slice(0, 12)} # v5.0.0\n`),
      head() + steps(`      - uses: actions/checkout@${commit}\n`),
      head() + steps("      - uses: docker://alpine:3\n"),
      `${head()}    uses: someone/else/.github/workflows/x.yml@main\n`,
    ],
    good: head() + steps(checkout()),
  },
  permissions: {
    bad: [
      "on: push\njobs:\n  one:\n    timeout-minutes: 5\n",
      "on: push\npermissions: write-all\njobs:\n  one:\n    timeout-minutes: 5\n",
      "on: push\npermissions:\n  contents: write\njobs:\n  one:\n    timeout-minutes: 5\n",
      "on: push\npermissions:\n  contents: read\n  packages: write\njobs:\n  one:\n    timeout-minutes: 5\n",
      `${head()}    permissions: write-all\n`,
    ],
    good: `${head()}    permissions:\n      pages: write\n`,
  },
  credentials: {
    bad: [
      head() + steps(`      - uses: actions/checkout@${commit} # v5.0.0\n`),
      head() + steps(checkout().replace("false", "true")),
      head() + steps(checkout().replace("false", '"no, thanks"')),
    ],
    good: head() + steps(checkout()),
  },
  expressions: {
    bad: [
      head() + steps(run(`echo "\${{ github.event.pull_request.title }}"`)),
      head() + steps(`      - run: |\n          cd x\n          echo \${{ matrix.target }}\n`),
      head() +
        steps(
          `      - uses: actions/github-script@${commit} # v1.0.0\n        with:\n          script: f(\${{ inputs.x }})\n`,
        ),
    ],
    good:
      head() +
      steps(`      - run: echo "$TITLE"\n        env:\n          TITLE: \${{ github.event.pull_request.title }}\n`),
  },
  timeouts: {
    bad: [
      `${head()}    steps:\n${run("true")}`,
      `${head()}    timeout-minutes: 0\n    steps:\n${run("true")}`,
      `${head()}    timeout-minutes: 9999\n    steps:\n${run("true")}`,
    ],
    good: head() + steps(run("true")),
  },
  heads: {
    bad: [
      head("pull_request_target:") + steps(run("true")),
      head("pull_request_target:") + steps(checkout(`          ref: \${{ github.event.pull_request.head.sha }}\n`)),
      head("issues:") + steps(checkout("          ref: refs/pull/1/merge\n")),
      head("workflow_run:") + steps(checkout(`          ref: \${{ github.event.workflow_run.head_sha }}\n`)),
      head("workflow_run:") + steps(checkout("          repository: someone/else\n")),
      head("issue_comment:") + steps(checkout("          ref: refs/pull/1/head\n")),
      head("workflow_run:") + steps(run('git fetch origin "$HEAD" && git checkout FETCH_HEAD')),
      head("workflow_run:") + steps(run('gh pr checkout "$NUMBER"')),
    ],
    good: head("workflow_run:") + steps(checkout()),
  },
  secrets: {
    bad: [
      head("pull_request:") + steps(`      - run: true\n        env:\n          KEY: \${{ secrets.KEY }}\n`),
      head("pull_request:") + steps(`      - run: true\n        env:\n          GH_TOKEN: \${{ github.token }}\n`),
      `${head("pull_request:")}    permissions:\n      pull-requests: write\n${steps(run("true"))}`,
      `${head("workflow_call:")}    secrets: inherit\n`,
      `env:\n  KEY: \${{ secrets.KEY }}\n${head("pull_request:")}${steps(run("true"))}`,
      head("pull_request:") + steps(`      - run: true\n        env:\n          ALL: \${{ toJSON(github) }}\n`),
      head("pull_request_review:") + steps(`      - run: true\n        env:\n          A: \${{ github['token'] }}\n`),
      `${head("pull_request:")}    permissions:\n      id-token: write\n${steps(run("true"))}`,
    ],
    good: head("pull_request:") + steps(run("npm test")),
  },
  artifacts: {
    bad: [
      head("workflow_run:") + steps(download(true)),
      `${head("workflow_run:")}    if: github.event.workflow_run.event == 'pull_request'\n${steps(download(true))}`,
      `${head("workflow_run:")}    if: ${ofOwnRun.replace("&&", "||")}\n${steps(download(true))}`,
      `${head("workflow_run:")}    if: ${ofOwnRun.replace("_dispatch", "_run")}\n${steps(download(true))}`,
      head("workflow_run:") + steps(download(false).replace("actions/", "someone/")),
      head("workflow_run:") + steps(run('gh run download "$RUN"')),
      head("workflow_run:") + steps(run('gh api "repos/a/b/actions/artifacts/$ID/zip" > x.zip')),
    ],
    good: `${head("workflow_run:")}    if: ${ofOwnRun}\n${steps(download(true) + download(false))}`,
  },
  caches: {
    bad: [
      head() + steps(`      - uses: actions/cache@${commit} # v5.0.0\n`),
      head() + steps(`      - uses: actions/cache/restore@${commit} # v5.0.0\n`),
      head() + steps(`      - uses: actions/setup-node@${commit} # v5.0.0\n`),
      head() + steps(setUp(`          package-manager-cache: false\n          cache: npm\n`)),
    ],
    good: head() + steps(setUp(`          package-manager-cache: false\n`)),
  },
  machines: {
    bad: [
      `${head()}    runs-on: self-hosted\n`,
      `${head()}    runs-on: [self-hosted, kvm]\n`,
      `${head()}    runs-on: ubuntu-latest\n`,
      `${head()}    runs-on: \${{ inputs.runner }}\n`,
      `${head()}    timeout-minutes: 5\n`,
    ],
    good: `${head()}    runs-on: ubuntu-24.04-arm\n`,
  },
  writers: {
    bad: [
      `${head()}    permissions:\n      contents: write\n${steps(run("npm ci"))}`,
      `${head()}    permissions:\n      contents: write\n${steps(run("node bin/kata-verify.mjs matrix results"))}`,
      `${head()}    permissions:\n      contents: write\n${steps(run("node .github/scripts/release.mjs && npm test"))}`,
    ],
    good: `${head()}    permissions:\n      contents: write\n${steps(run("node .github/scripts/release.mjs"))}`,
  },
  later: {
    bad: [head() + steps(run('echo "X=$TITLE" >> "$GITHUB_ENV"')), head() + steps(run('echo bin >> "$GITHUB_PATH"'))],
    good: head() + steps(run('echo "x=1" >> "$GITHUB_OUTPUT"')),
  },
  others: {
    bad: [`${head()}    strategy:\n      matrix:\n        x: [1, 2]\n`],
    good: `${head()}    strategy:\n      fail-fast: false\n      matrix:\n        x: [1, 2]\n`,
  },
};

describe("the rules of workflows", () => {
  it.each(rules)("$id: $about", rule => {
    const { bad, good } = examples[rule.id] ?? { bad: [], good: "on: push" };
    expect(bad.length).toBeGreaterThan(0);
    for (const text of bad) expect(rule.find(workflow(text)), text).not.toEqual([]);
    expect(rule.find(workflow(good))).toEqual([]);
  });

  it.each(files)("%s holds to all of them", (_, file) => {
    expect(rules.flatMap(rule => rule.find(file).map(what => `${rule.id}: ${what}`))).toEqual([]);
    expect(jobsOf(file).length).toBeGreaterThan(0);
  });

  it("what a job may besides is on this list, which grows by nobody's oversight", () => {
    const granted = files.flatMap(([path, file]) =>
      jobsOf(file).flatMap(({ id, job: { permissions } }) =>
        permissions === undefined ? [] : [[`${path.split("/").at(-1)} ${id}`, permissions]],
      ),
    );
    expect(Object.fromEntries(granted)).toEqual({
      "pins.yml propose": { actions: "write", contents: "write", "pull-requests": "write" },
      "release.yml publish": { contents: "write" },
      "site.yml keep": { actions: "read", contents: "write" },
      "site.yml deploy": { pages: "write", "id-token": "write" },
      "submission-comment.yml comment": { contents: "read", "pull-requests": "write" },
    });
  });

  it("one action has one commit in all files", () => {
    const named = files.flatMap(([, { text }]) => [...text.matchAll(/uses: ([\w/-]+)@([0-9a-f]{40} # v\S+)/g)]);
    const commits = new Map<string, Set<string>>();
    for (const [, action = "", at = ""] of named) commits.set(action, (commits.get(action) ?? new Set()).add(at));
    expect(commits.size).toBeGreaterThan(4);
    expect([...commits].filter(([, all]) => all.size > 1)).toEqual([]);
  });

  it.each(files)("%s names scripts that there are", (_, { text }) => {
    const scripts = [...text.matchAll(/\.github\/scripts\/[\w.-]+/g)].map(([path]) => path);
    expect(scripts.filter(path => !existsSync(join(project, path)))).toEqual([]);
  });

  it("no distro is named: the plan is the only source", () => {
    const ids = ["debian", "ubuntu-2[^4]", "fedora", "opensuse", "azurelinux"];
    const naming = files.filter(([path, { text }]) => path !== "action.yml" && new RegExp(ids.join("|")).test(text));
    expect(naming.map(([path]) => path)).toEqual([]);
  });

  it("a fork's pull request reads the catalog and runs no cell", () => {
    const verify = files.find(([path]) => path.endsWith("/verify.yml"))?.[1];
    const jobs = verify ? jobsOf(verify) : [];
    const own = "github.event.pull_request.head.repo.full_name == github.repository";
    expect(triggersOf(verify ?? workflow("on: push"))).toContain("pull_request");
    expect(jobs.find(({ id }) => id === "verify")?.job["if"]).toContain(own);
    expect(jobs.find(({ id }) => id === "fold")?.job["if"]).toContain("needs.verify.result != 'skipped'");
  });

  it("the job that checks a bundle has the base's code", () => {
    const [checkout] = job(".github/workflows/submission.yml", "check").steps;
    expect(checkout?.["with"]).toMatchObject({ ref: `\${{ github.event.pull_request.base.sha }}` });
  });
});

/** A script and all that it imports, directly or not. */
function closure(name: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, from = ""] of readFileSync(join(project, name), "utf8").matchAll(
    /^(?:import|export) (?:.* from )?"(.+)";$/gm,
  ))
    if (!from.startsWith("node:")) closure(join(dirname(name), from), seen);
  return seen;
}

describe("the scripts of workflows", () => {
  const named = (text: string) => [...text.matchAll(/\.github\/scripts\/[\w-]+\.mjs/g)].map(([path]) => path);
  const all = [...new Set(files.flatMap(([, { text }]) => named(text)))];

  it.each(all)("%s imports Node's own modules and its neighbours, and hands nothing to a shell", name => {
    for (const path of closure(name)) {
      expect(existsSync(join(project, path)), path).toBe(true);
      expect(path).toMatch(/^\.github\/scripts\//);
      const text = readFileSync(join(project, path), "utf8");
      expect(text).not.toMatch(/(?<![.\w])exec(?:Sync)?\(|shell:|\beval\b|new Function|\bimport\(/);
      // Nor does it fetch what another run left, or change what later steps run.
      expect(text).not.toMatch(/actions\/(?:artifacts|runs)|run download|GITHUB_(?:ENV|PATH)\b/);
    }
  });

  it("those of jobs that may write do not run the project", () => {
    const ofWriters = files.flatMap(([, file]) =>
      jobsOf(file)
        .filter(({ job: one }) => JSON.stringify(one["permissions"] ?? "").includes("write"))
        .flatMap(({ steps: own }) => own.flatMap(({ run: text }) => named(String(text ?? "")))),
    );
    expect(ofWriters.length).toBeGreaterThan(3);
    const runsIt = ofWriters.filter(name => closure(name).has(".github/scripts/kata-verify.mjs"));
    expect(runsIt).toEqual([]);
  });
});
