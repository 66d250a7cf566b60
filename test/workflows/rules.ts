import { isAction, isMap, type Job, jobsOf, mapOf, textOf, triggersOf, usesOf, type WorkflowFile } from "./jobs.ts";

/** What every workflow has to hold to; `find` says what does not, a line each. */
export interface Rule {
  readonly id: string;
  readonly about: string;
  readonly find: (file: WorkflowFile) => string[];
}

const said = (jobs: readonly Job[], wrong: (job: Job) => readonly string[]): string[] =>
  jobs.flatMap(job => wrong(job).map(what => `${job.id}: ${what}`));

const pinned: Rule = {
  id: "pinned",
  about: "an action is named by a whole commit, with its version as a comment",
  find: file =>
    said(jobsOf(file), job =>
      usesOf(job).filter(uses => {
        if (/^\.\/[\w./-]+$/.test(uses)) return false;
        const line = file.text.split("\n").filter(one => one.includes(`uses: ${uses}`));
        const hasVersion = line.every(one => /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(one));
        return !/^[\w.-]+(?:\/[\w.-]+)+@[0-9a-f]{40}$/.test(uses) || line.length === 0 || !hasVersion;
      }),
    ),
};

const permissions: Rule = {
  id: "permissions",
  about: "the file begins with contents: read and nothing else; a job says by name what it has besides",
  find: file => {
    if (isAction(file)) return [];
    const top = JSON.stringify(file.content["permissions"] ?? null);
    const jobs = said(jobsOf(file), ({ job }) => {
      const own = job["permissions"];
      return own === undefined || isMap(own) ? [] : [`permissions: ${textOf(own)}`];
    });
    return [...(top === '{"contents":"read"}' ? [] : [`permissions: ${top}`]), ...jobs];
  },
};

const credentials: Rule = {
  id: "credentials",
  about: "no checkout leaves the token behind",
  find: file =>
    said(jobsOf(file), ({ steps }) =>
      steps
        .filter(step => textOf(step["uses"]).startsWith("actions/checkout@"))
        .filter(step => mapOf(step["with"])["persist-credentials"] !== false)
        .map(() => "a checkout without persist-credentials: false"),
    ),
};

const expressions: Rule = {
  id: "expressions",
  about: "no expression is pasted into a script: values come by env",
  find: file =>
    said(jobsOf(file), ({ steps }) =>
      steps.flatMap(step =>
        [step["run"], step["shell"], mapOf(step["with"])["script"]]
          .filter(one => textOf(one).includes(`\${{`))
          .map(textOf),
      ),
    ),
};

const timeouts: Rule = {
  id: "timeouts",
  about: "every job that runs steps ends by itself",
  find: file =>
    isAction(file)
      ? []
      : said(jobsOf(file), ({ job }) => {
          const minutes = job["timeout-minutes"];
          const fine = typeof minutes === "number" && minutes > 0 && minutes <= 360;
          return fine || job["uses"] !== undefined ? [] : [`timeout-minutes: ${textOf(minutes)}`];
        }),
};

/** Where a workflow has this repository's token although a stranger started it. */
const powerful = [
  ...["pull_request_target", "workflow_run", "issue_comment", "issues"],
  ...["discussion", "discussion_comment", "fork", "gollum", "watch"],
];

/** Where a workflow runs what a stranger wrote. */
const strange = ["pull_request", "pull_request_review", "pull_request_review_comment", "merge_group", "workflow_call"];

const heads: Rule = {
  id: "heads",
  about: "where a stranger's act starts a workflow that has a token, only the main branch is checked out",
  find: file => {
    const triggers = triggersOf(file);
    const target = triggers.includes("pull_request_target") ? ["the trigger pull_request_target"] : [];
    if (!triggers.some(one => powerful.includes(one))) return target;
    return [
      ...target,
      ...said(jobsOf(file), ({ steps }) =>
        steps
          .filter(step => textOf(step["uses"]).startsWith("actions/checkout@"))
          .map(step => mapOf(step["with"]))
          .filter(({ ref, repository }) => repository !== undefined || /\$\{\{|refs\/pull/.test(textOf(ref)))
          .map(({ ref, repository }) => `checks out ${textOf(repository)} ${textOf(ref)}`),
      ),
      ...said(jobsOf(file), ({ steps }) =>
        steps.map(step => textOf(step["run"])).filter(run => /gh pr checkout|git (?:fetch|checkout|pull)/.test(run)),
      ),
    ];
  },
};

const writes = ({ job }: Job): boolean => Object.values(mapOf(job["permissions"])).includes("write");

/** The token has other names than its own: the whole of what it is in, and keys in brackets. */
const token =
  /\bsecrets\b|github\.token|github\s*\[|github\.\*|GH_TOKEN|GITHUB_TOKEN|toJSON\(\s*(?:github|secrets|env)\s*\)|id-token/gi;

const secrets: Rule = {
  id: "secrets",
  about: "a workflow that runs a pull request's code has no secret, no token and nothing that it may write",
  find: file => {
    if (!triggersOf(file).some(one => strange.includes(one))) return [];
    const named = [...JSON.stringify(file.content).matchAll(token)].map(([word]) => word);
    return [...named, ...said(jobsOf(file).filter(writes), () => ["may write"])];
  },
};

/** Runs that a stranger cannot have started, nor written the files of. */
const ownRun = [
  /contains\(fromJSON\('\["schedule", "workflow_dispatch"\]'\), github\.event\.workflow_run\.event\)/,
  /github\.event\.workflow_run\.head_repository\.full_name == github\.repository/,
  /github\.event\.workflow_run\.head_branch == github\.event\.repository\.default_branch/,
];

/** All of them have to hold: one `||` and none of them must. */
const isOfOwnRun = (condition: string): boolean =>
  !condition.includes("||") && ownRun.every(pattern => pattern.test(condition));

const artifacts: Rule = {
  id: "artifacts",
  about:
    "what another run has left is taken from runs of the main branch alone, and by the action that says from which",
  find: file =>
    said(jobsOf(file), ({ job, steps }) => {
      const others = steps.filter(({ uses, with: given }) => {
        const isDownload = /download-artifact/.test(textOf(uses));
        const known = textOf(uses).startsWith("actions/download-artifact@");
        return (
          isDownload && !(known && mapOf(given)["run-id"] === undefined && mapOf(given)["repository"] === undefined)
        );
      });
      const byHand = steps.filter(({ run }) => /gh run download|actions\/(?:artifacts|runs)\//.test(textOf(run)));
      return [...(isOfOwnRun(textOf(job["if"])) ? [] : others), ...byHand].map(textOf);
    }),
};

const caches: Rule = {
  id: "caches",
  about: "nothing comes out of a cache, which the run of another branch may have filled",
  find: file =>
    said(jobsOf(file), ({ steps }) =>
      steps
        .filter(({ uses, with: given }) => {
          const isNode = textOf(uses).startsWith("actions/setup-node@");
          const isOff = mapOf(given)["package-manager-cache"] === false && mapOf(given)["cache"] === undefined;
          return /\/cache(?:\/|@)/.test(textOf(uses)) || (isNode && !isOff);
        })
        .map(({ uses }) => textOf(uses)),
    ),
};

const machines: Rule = {
  id: "machines",
  about: "a job runs on a machine of GitHub's, of a version that is named, and never on one that outlives it",
  find: file =>
    isAction(file)
      ? []
      : said(jobsOf(file), ({ job }) => {
          const machine = textOf(job["runs-on"]);
          // plan.mjs says which ones there are.
          const isNamed = /^ubuntu-\d+\.\d+(?:-arm)?$/.test(machine) || machine === `\${{ matrix.runner }}`;
          return isNamed || job["uses"] !== undefined ? [] : [`runs-on: ${machine}`];
        }),
};

/** What git and GitHub's client are told is in these scripts: they run nothing of the project, nor of its dependencies. */
const ownScript = /^(?:gh auth setup-git && )?node \.github\/scripts\/[a-z-]+\.mjs$/;

const writers: Rule = {
  id: "writers",
  about: "a job that may write runs our own scripts alone, no dependency and no build",
  find: file =>
    said(jobsOf(file).filter(writes), ({ steps }) =>
      steps
        .filter(step => step["run"] !== undefined && !ownScript.test(textOf(step["run"])))
        .map(step => textOf(step["run"])),
    ),
};

const later: Rule = {
  id: "later",
  about: "no step changes what later steps run: neither their variables nor their path",
  find: file =>
    said(jobsOf(file), ({ steps }) =>
      steps.map(step => textOf(step["run"])).filter(run => /GITHUB_(?:ENV|PATH)\b|::(?:set-env|add-path)/.test(run)),
    ),
};

const others: Rule = {
  id: "others",
  about: "one job of a matrix that fails ends no other",
  find: file =>
    said(jobsOf(file), ({ job }) =>
      isMap(job["strategy"]) && job["strategy"]["fail-fast"] !== false ? ["strategy without fail-fast: false"] : [],
    ),
};

export const rules: readonly Rule[] = [
  pinned,
  permissions,
  credentials,
  expressions,
  timeouts,
  heads,
  secrets,
  artifacts,
  caches,
  machines,
  writers,
  later,
  others,
];
