import type { Verdict } from "../model/verdict.ts";
import { annotations } from "./github.ts";
import { junit } from "./junit.ts";
import { stepSummary } from "./step-summary.ts";
import { summaryMd } from "./summary-md.ts";
import { terminal } from "./terminal.ts";
import { verdictJson } from "./verdict-json.ts";

/** A file beside a verdict: text from the finished verdict, and nothing else. */
export interface Report {
  readonly file: string;
  readonly render: (verdict: Verdict) => string;
}

/** What is written for each target. */
export const reports = {
  "verdict-json": { file: "verdict.json", render: verdictJson },
  junit: { file: "junit.xml", render: junit },
  "summary-md": { file: "summary.md", render: verdict => summaryMd(verdict) },
} as const satisfies Record<string, Report>;

/** What is printed for a whole run. */
export const printed = { github: annotations, "step-summary": stepSummary, terminal } as const;
