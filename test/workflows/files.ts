import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Job, jobsOf, type WorkflowFile, type YamlMap } from "./jobs.ts";

export const project = new URL("../../", import.meta.url).pathname;

export const workflow = (text: string): WorkflowFile => ({ text, content: parse(text) as YamlMap });

const workflows = readdirSync(join(project, ".github/workflows")).map(name => `.github/workflows/${name}`);

/** Every workflow, and the action, as `[path, file]`. */
export const files: readonly (readonly [string, WorkflowFile])[] = ["action.yml", ...workflows].map(
  path => [path, workflow(readFileSync(join(project, path), "utf8"))] as const,
);

export function job(path: string, id: string): Job {
  const file = files.find(([name]) => name === path)?.[1];
  const found = file && jobsOf(file).find(one => one.id === id);
  if (!found) throw new Error(`${path} has no job ${id}`);
  return found;
}

/** The workflows that a document shows, or steps of one with the indentation that they have there. */
export const snippetsOf = (document: string): readonly string[] =>
  [...readFileSync(join(project, document), "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) => text);
