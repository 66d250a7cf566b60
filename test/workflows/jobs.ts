/** What a workflow's file is made of. */
export type Yaml = string | number | boolean | null | readonly Yaml[] | YamlMap;
export interface YamlMap {
  readonly [key: string]: Yaml;
}

/** A workflow's file, or an action's. */
export interface WorkflowFile {
  readonly text: string;
  readonly content: YamlMap;
}

export const isMap = (value: Yaml | undefined): value is YamlMap =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const mapOf = (value: Yaml | undefined): YamlMap => (isMap(value) ? value : {});
const listOf = (value: Yaml | undefined): readonly Yaml[] => (Array.isArray(value) ? value : []);
export const textOf = (value: Yaml | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value ?? "");

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

export const isAction = ({ content }: WorkflowFile): boolean => isMap(content["runs"]);

export const usesOf = ({ job, steps }: Job): string[] =>
  [job, ...steps].flatMap(one => (one["uses"] === undefined ? [] : [textOf(one["uses"])]));
