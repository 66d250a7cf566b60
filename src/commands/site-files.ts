import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Folded, matrixOf, type Setting } from "../matrix/fold.ts";
import type { Run } from "../matrix/run.ts";
import { type Code, codes } from "../model/reason.ts";
import { CellVerdict } from "../model/verdict.ts";
import { badgeJson, badgeSvg } from "../reporters/site/badge.ts";
import { codePage } from "../reporters/site/code-page.ts";
import { indexPage, narrowLabels } from "../reporters/site/index-page.ts";
import { matrixJson } from "../reporters/site/matrix-json.ts";
import { columnLabels } from "../reporters/site/matrix-table.ts";
import type { Assets } from "../reporters/site/page.ts";
import { scenarioPage } from "../reporters/site/scenario-page.ts";
import { type Site, scenarioIds } from "../reporters/site/site.ts";
import { supportMd } from "../reporters/site/support-md.ts";
import { type Detailed, evidencePath, targetPage } from "../reporters/site/target-page.ts";
import { arrangedJson } from "../reporters/text/arranged.ts";
import type { FolderFile } from "../results/replace-folder.ts";

/** Reads the cell of a verdict that a run was; undefined where it is gone. */
export type ReadCellOf = (run: Run) => Promise<CellVerdict | undefined>;

/** What a folder of ours is known by: it lists the files of the site. */
export const siteMark = ".kata-verify-site";

const cellJson = arrangedJson(CellVerdict);

const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

async function assetsOf(root: string, names: readonly string[]): Promise<Assets> {
  const asset = (name: string) => readFile(join(root, "assets", name), "utf8");
  const style = `${await asset("page.css")}\n${narrowLabels(names)}\n`;
  const script = await asset("page.js");
  const policy = `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`;
  return { style, script, policy };
}

function byTarget(folded: readonly Folded[]): Map<string, Folded[]> {
  const found = new Map<string, Folded[]>();
  for (const one of folded) {
    const others = found.get(one.square.target);
    if (others) others.push(one);
    else found.set(one.square.target, [one]);
  }
  return found;
}

async function* targetFiles(site: Site, cellOf: ReadCellOf): AsyncGenerator<FolderFile> {
  for (const [id, folded] of byTarget(site.folded)) {
    const detailed: Detailed[] = [];
    for (const one of folded) {
      const cell = one.run ? await cellOf(one.run) : undefined;
      detailed.push({ folded: one, cell });
      if (cell) yield { path: evidencePath(one.square), contents: cellJson(cell) };
    }
    const [first, ...rest] = detailed;
    if (first) yield { path: `targets/${id}.html`, contents: targetPage(site, [first, ...rest]) };
    const squares = folded.map(one => one.square);
    yield { path: `badges/${id}.svg`, contents: badgeSvg(squares) };
    yield { path: `badges/${id}.json`, contents: badgeJson(squares) };
  }
}

/** Every file of the site, one after the other: only what a page shows is in memory with it. */
export async function* siteFiles(
  root: string,
  folded: readonly Folded[],
  setting: Setting,
  cellOf: ReadCellOf,
): AsyncGenerator<FolderFile> {
  const { targets, scenarios } = setting.catalog;
  const assets = await assetsOf(root, columnLabels({ folded, scenarios }));
  const site: Site = { matrix: matrixOf(folded, setting), folded, targets, scenarios, assets };
  yield { path: "matrix.json", contents: matrixJson(site.matrix) };
  yield { path: "index.html", contents: indexPage(site) };
  yield { path: "SUPPORT.md", contents: supportMd(site) };
  for (const id of scenarioIds(site)) yield { path: `scenarios/${id}.html`, contents: scenarioPage(site, id) };
  for (const code of Object.keys(codes) as Code[]) {
    const text = await readFile(join(root, "docs", "codes", `${code}.md`), "utf8");
    yield { path: `codes/${code}.html`, contents: codePage(site, code, text) };
  }
  yield* targetFiles(site, cellOf);
}
