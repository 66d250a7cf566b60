import { join } from "node:path";
import type { Ending, Seen } from "../model/command.ts";
import type { Evidence } from "../model/evidence.ts";
import { excerpt, plain, withoutLastFeeds } from "../reporters/text/plain.ts";
import { logFile } from "./folders.ts";
import { replaceFile } from "./replace.ts";

/** UTF-16 units of each stream that a log keeps, head and tail. */
const streamMax = 256 * 1024;

/** How a command ended, for people. */
export function ended(ending: Ending): string {
  if (ending.kind === "exited") return `exited ${ending.code}`;
  if (ending.kind === "signalled") return `killed by ${ending.signal}`;
  if (ending.kind === "timedOut") return `stopped after ${ending.afterMs} ms`;
  if (ending.kind === "truncated") return `said more than ${ending.afterBytes} bytes`;
  return `not started: ${ending.code}`;
}

/** The readable log of a step. */
export function logText({ argv, ending, durationMs, stdout, stderr }: Seen): string {
  const stream = (name: string, text: string) =>
    text === "" ? "" : `\n--- ${name} ---\n${withoutLastFeeds(plain(excerpt(text, streamMax)))}\n`;
  const command = argv.map(arg => (/^[\w./:=,@%+-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(" ");
  return `$ ${plain(command)}\n${ended(ending)}, ${durationMs} ms\n${stream("stdout", stdout)}${stream("stderr", stderr)}`;
}

/** One readable log for each step of a cell under its folder; the exact text is in evidence.json. */
export async function writeLogs(folder: string, evidence: Evidence): Promise<void> {
  for (const [step, seen] of Object.entries(evidence.steps))
    await replaceFile(join(folder, logFile(step)), logText(seen));
}
