import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { files, project, workflow } from "./files.ts";
import { jobsOf, rules, triggersOf } from "./rules.ts";

const commit = "08c6903cd8c0fde910a37f88322edcfb5dd907a8";
const checkout = (ref = "") =>
  `      - uses: actions/checkout@${commit} # v5.0.0\n        with:\n          persist-credentials: false\n${ref}`;
const head = (on = "push:") => `on:\n  ${on}\npermissions:\n  contents: read\njobs:\n  one:\n`;
const steps = (text: string) => `    timeout-minutes: 5\n    steps:\n${text}`;
const run = (text: string) => `      - run: ${text}\n`;

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
    ],
    good: head("pull_request:") + steps(run("npm test")),
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

  it("the job that checks a bundle has the base's code, and the one that comments has read no artifact of a fork's", () => {
    const check = readFileSync(join(project, ".github/workflows/submission.yml"), "utf8");
    expect(check).toContain(`ref: \${{ github.event.pull_request.base.sha }}`);
    expect(check).not.toContain("head.ref");
    const comment = readFileSync(join(project, ".github/workflows/submission-comment.yml"), "utf8");
    expect(comment).not.toContain("run-id");
  });
});
