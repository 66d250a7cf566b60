import type { Reason } from "../model/reason.ts";
import { cutShort } from "./cut-short.ts";

/** What the machine lacked by the words of a program that failed, wherever they were printed; undefined where they say nothing of it. */
export const lacked = (step: string, words: string): Reason | undefined =>
  cutShort(step, {
    argv: ["sh"],
    ending: { kind: "exited", code: 1 },
    stdout: "",
    stderr: words,
    durationMs: 0,
  });
