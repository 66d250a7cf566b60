import type { Yaml, YamlMap } from "./yaml.ts";

/** A workflow's file, or an action's. */
export interface WorkflowFile {
  readonly text: string;
  readonly content: YamlMap;
}

/** What every workflow has to hold to; `find` says what does not, a line each. */
export interface Rule {
  readonly id: string;
  readonly about: string;
  readonly find: (file: WorkflowFile) => string[];
}

const isMap = (value: Yaml | undefined): value is YamlMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const mapOf = (value: Yaml | undefined): YamlMap => (isMap(value) ? value : {});
const listOf = (value: Yaml | undefined): readonly Yaml[] => (Array.isArray(value) ? value : []);
const textOf = (value: Yaml | undefined): string => (typeof value === "string" ? value : JSON.stringify(value ?? ""));

export interface Job {
  readonly id: string;
  readonly job: YamlMap;
  readonly steps: readonly YamlMap[];
}

/** An action that is composed of steps is one job here. */
export function jobsOf({ content }: WorkflowFile): Job[] {
  const all = isMap(content["runs"]) ? { action: content["runs"] } : mapOf(content["jobs"]);
  return Object.entries(all).map(([id, one]) => {
    const job = mapOf(one);
    return { id, job, steps: listOf(job["steps"]).map(mapOf) };
  });
}

export function triggersOf({ content: { on } }: WorkflowFile): readonly string[] {
  if (typeof on === "string") return [on];
  return Array.isArray(on) ? on.map(textOf) : Object.keys(mapOf(on));
}

const isAction = ({ content }: WorkflowFile): boolean => isMap(content["runs"]);
const said = (jobs: readonly Job[], wrong: (job: Job) => readonly string[]): string[] =>
  jobs.flatMap(job => wrong(job).map(what => `${job.id}: ${what}`));

const usesOf = ({ job, steps }: Job): string[] =>
  [job, ...steps].flatMap(one => (one["uses"] === undefined ? [] : [textOf(one["uses"])]));

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
const powerful = ["pull_request_target", "workflow_run", "issue_comment"];

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

const secrets: Rule = {
  id: "secrets",
  about: "a workflow that runs a pull request's code has no secret, no token and nothing that it may write",
  find: file => {
    if (!triggersOf(file).some(one => one === "pull_request" || one === "workflow_call")) return [];
    const jobs = jobsOf(file);
    const named = said(jobs, ({ job }) =>
      [...JSON.stringify(job).matchAll(/\bsecrets\b|github\.token|GH_TOKEN|GITHUB_TOKEN/g)].map(([word]) => word),
    );
    return [...named, ...said(jobs.filter(writes), () => ["may write"])];
  },
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
  writers,
  later,
  others,
];
