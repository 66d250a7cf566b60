import type { Preflight } from "../model/runner.ts";
import { advice } from "./advice.ts";
import { diagnose, type Finding } from "./diagnosis.ts";
import type { Machine } from "./machine.ts";
import { machineFacts } from "./machine-facts.ts";
import { prerequisiteIds } from "./prerequisites.ts";
import { probe } from "./probe.ts";

export interface DoctorOptions {
  readonly machine: Machine;
  readonly json: boolean;
  /** Folders whose disk matters, by what is kept there. */
  readonly folders: Readonly<Record<string, string>>;
  /** What an earlier run saw of this machine's KVM, where one did. */
  readonly preflight?: Preflight | undefined;
}

const marks: Readonly<Record<Finding["state"], string>> = { good: "ok  ", note: "note", missing: "MISS" };

function lines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ title }) => title.length));
  return findings.flatMap(({ state, title, saw, advice }) => [
    `${marks[state]}  ${title.padEnd(width)}  ${saw}`,
    ...(advice === null ? [] : [`${" ".repeat(width + 8)}${advice}`]),
  ]);
}

/** Looks at this machine and changes nothing. The exit code is 0 where a run could start, else 2. */
export async function doctor(options: DoctorOptions): Promise<{ text: string; exit: 0 | 2 }> {
  const { machine, json, folders, preflight } = options;
  const found = await probe(machine, prerequisiteIds);
  const facts = machineFacts(folders);
  const findings = diagnose(found, facts, preflight);
  const lacking = found.filter(one => one.found.kind !== "ready");
  const todo = advice(machine, lacking);
  const exit = lacking.length === 0 ? 0 : 2;
  if (json) {
    const prerequisites = found.map(one => ({ id: one.id, kind: one.found.kind, saw: one.found.saw }));
    const seen = { facts, preflight: preflight ?? null, findings };
    const report = { schemaVersion: 1, ready: exit === 0, prerequisites, ...seen, advice: todo };
    return { text: `${JSON.stringify(report, null, 2)}\n`, exit };
  }
  const end = exit === 0 ? ["A run can start here."] : [...todo, "Or let a run do it: add --setup"];
  return { text: `${[...lines(findings), "", ...end].join("\n")}\n`, exit };
}
