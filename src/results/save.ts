import { join } from "node:path";
import * as z from "zod";
import { Evidence, Image, Package, Tool } from "../model/evidence.ts";
import type { Verdict } from "../model/verdict.ts";
import { reports } from "../reporters/index.ts";
import { arrangedJson } from "../reporters/text/arranged.ts";
import { cellFolder, targetFolder } from "./folders.ts";
import { writeLogs } from "./logs.ts";
import { replaceFile } from "./replace.ts";

/** What each package brought: `manifest.json`. */
export const Manifest = z.looseObject({
  schemaVersion: z.literal(1),
  tool: Tool,
  target: z.string(),
  image: Image.nullable(),
  packages: z.array(Package),
});

export const evidenceJson: (evidence: Evidence) => string = arrangedJson(Evidence);
const manifestJson = arrangedJson(Manifest);

/** `manifest.json` of a cell: what each package brought. */
export function packagesJson({ tool, cell, facts }: Evidence): string {
  const { image = null, packages = [] } = facts;
  return manifestJson({ schemaVersion: 1, tool, target: cell.target.id, image, packages });
}

/** Writes evidence.json, manifest.json and the logs of a cell; the journal is there already. Resolves to the cell's folder. */
export async function saveCell(out: string, evidence: Evidence): Promise<string> {
  const { cell } = evidence;
  const folder = cellFolder(out, { target: cell.target.id, arch: cell.arch, scenario: cell.scenario.id });
  await replaceFile(join(folder, "evidence.json"), evidenceJson(evidence));
  await replaceFile(join(folder, "manifest.json"), packagesJson(evidence));
  await writeLogs(folder, evidence);
  return folder;
}

/** Writes verdict.json, junit.xml and summary.md of a target. Resolves to their paths. */
export async function saveVerdict(out: string, verdict: Verdict): Promise<string[]> {
  const paths: string[] = [];
  for (const { file, render } of Object.values(reports)) {
    const path = join(targetFolder(out, verdict.target), file);
    await replaceFile(path, render(verdict));
    paths.push(path);
  }
  return paths;
}
