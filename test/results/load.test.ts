import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { fold } from "../../src/judge/fold.ts";
import { UsageError } from "../../src/model/failure.ts";
import { openJournal } from "../../src/results/journal.ts";
import { readJournal } from "../../src/results/journal-read.ts";
import { loadResults } from "../../src/results/load.ts";
import { fileMax } from "../../src/results/read-file.ts";
import { saveCell, saveVerdict } from "../../src/results/save.ts";
import { evidence, exited } from "../judge/evidence.ts";
import { verdict } from "../reporters/verdicts.ts";
import { folder } from "./built.ts";

const dir = folder("load");
afterAll(() => rmSync(dir, { recursive: true }));

const { tool, cell, request } = evidence();
const place = "debian-13/amd64/qemu-distro-kernel";

/** The folder of a cell with a journal, below `name`. */
function journalled(name: string, end = true): string {
  const at = join(dir, name, place);
  mkdirSync(at, { recursive: true });
  const journal = openJournal(join(at, "journal.ndjson"), () => "2026-11-22T10:00:00.000Z");
  journal.emit({ kind: "opened", schemaVersion: 1, tool, cell, request });
  journal.emit({ kind: "observed", step: "guest.console", seen: exited("hello\ud800") });
  if (end) journal.emit({ kind: "closed" });
  journal.close();
  return at;
}

/** One evidence.json with this text. */
function withEvidence(name: string, text: string): string {
  const at = join(dir, name, place);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, "evidence.json"), text);
  return join(dir, name);
}

describe("loading results", () => {
  it("finds the cells of a run, their evidence and the verdict's bytes", async () => {
    const out = join(dir, "run");
    const at = journalled("run");
    await saveCell(out, fold(readJournal(readFileSync(join(at, "journal.ndjson"), "utf8")).lines));
    await saveVerdict(out, verdict());
    for (const path of [out, join(out, "debian-13")]) {
      const [target, ...others] = await loadResults(path);
      expect(others).toEqual([]);
      expect(target?.target).toBe("debian-13");
      expect(target?.cells).toHaveLength(1);
      expect(target?.cells[0]).toMatchObject({ folder: at, torn: false, journal: true, differs: "" });
      expect(target?.cells[0].evidence.steps["guest.console"]?.stdout).toBe("hello\ud800");
      expect(target?.verdict?.parsed).toEqual(verdict());
      expect(target?.verdict?.text).toBe(readFileSync(join(out, "debian-13/verdict.json"), "utf8"));
    }
    const [single] = await loadResults(at);
    expect(single).toMatchObject({ target: "debian-13", verdict: undefined });
  });

  it("takes a journal that was cut off, and evidence without a journal", async () => {
    const at = journalled("killed", false);
    const bytes = readFileSync(join(at, "journal.ndjson"));
    truncateSync(join(at, "journal.ndjson"), bytes.length - 5);
    const [killed] = await loadResults(join(dir, "killed"));
    expect(killed?.cells[0]).toMatchObject({ torn: true, evidence: { finishedAt: null, steps: {} } });
    const recorded = withEvidence("recorded", JSON.stringify(evidence()));
    expect((await loadResults(recorded))[0]?.cells[0].evidence).toEqual(evidence());
    writeFileSync(join(dir, "recorded", "evidence.json"), JSON.stringify(evidence()));
    expect((await loadResults(recorded))[0]).toMatchObject({ folder: recorded, target: "debian-13" });
  });

  it("says when evidence.json is not what the journal amounts to", async () => {
    const at = journalled("differs");
    writeFileSync(join(at, "evidence.json"), JSON.stringify(evidence()));
    const [loaded] = await loadResults(join(dir, "differs"));
    expect(loaded?.cells[0].differs).toMatch(/^facts\.acceleration, finishedAt, .*steps\.guest\.console/);
    expect(loaded?.cells[0].evidence.steps["guest.console"]).toBeDefined();
  });
});

describe("loading what a stranger sends", () => {
  const rejected = async (path: string): Promise<UsageError> => {
    const cause = await loadResults(path).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(cause).toBeInstanceOf(UsageError);
    return cause as UsageError;
  };

  it("names the file and the place of what is wrong", async () => {
    const cases: [string, RegExp][] = [
      ["{\n,}", /evidence\.json:2:1: expected a key in double quotes, found ","$/],
      ["null", /evidence\.json cannot be used: /],
      [JSON.stringify({ ...evidence(), startedAt: "yesterday" }), /startedAt/],
      [JSON.stringify({ ...evidence(), cell: { ...cell, target: { ...cell.target, id: "../../etc" } } }), /target\.id/],
      [`${"[".repeat(50_000)}${"]".repeat(50_000)}`, /nested deeper/],
      [
        JSON.stringify(evidence()).replace('"notes"', `"x":${"[".repeat(5000)}${"]".repeat(5000)},"notes"`),
        /nested deeper/,
      ],
    ];
    for (const [at, [text, message]] of cases.entries())
      expect((await rejected(withEvidence(`wrong-${at}`, text))).message).toMatch(message);
    const at = journalled("broken");
    const journal = join(at, "journal.ndjson");
    writeFileSync(journal, readFileSync(journal, "utf8").replace("hello", "bye"));
    expect((await rejected(join(dir, "broken"))).message).toMatch(/journal\.ndjson cannot be used: line 3: the chain/);
  });

  it("does not show what could drive a terminal", async () => {
    const text = JSON.stringify({ ...evidence(), steps: { "\u001b[2J::error::x": 1 } });
    const { message } = await rejected(withEvidence("keys", text));
    expect(message).toContain("::error::x");
    expect(message).not.toContain("\u001b");
  });

  it("follows no link, waits for no pipe, reads no giant", async () => {
    const secret = join(dir, "secret.json");
    writeFileSync(secret, JSON.stringify(evidence()));
    const linked = join(dir, "linked", place);
    mkdirSync(linked, { recursive: true });
    symlinkSync(secret, join(linked, "evidence.json"));
    expect((await rejected(join(dir, "linked"))).message).toContain("is a link");
    const piped = join(dir, "piped", place);
    mkdirSync(piped, { recursive: true });
    execFileSync("mkfifo", [join(piped, "evidence.json")]);
    expect((await rejected(join(dir, "piped"))).message).toContain("not a regular file");
    const big = withEvidence("big", "");
    truncateSync(join(big, place, "evidence.json"), fileMax + 1);
    expect((await rejected(big)).message).toContain("more than");
    const aside = join(dir, "aside");
    mkdirSync(aside);
    symlinkSync(dirname(dirname(journalled("real"))), join(aside, "debian-13"));
    expect((await rejected(aside)).message).toContain("holds no results");
  });

  it("refuses folders that tell of two things", async () => {
    const mixed = withEvidence("mixed", JSON.stringify(evidence()));
    const other = join(mixed, "debian-13/amd64/other");
    mkdirSync(other);
    writeFileSync(join(other, "evidence.json"), JSON.stringify(evidence()));
    expect((await rejected(mixed)).message).toContain("twice");
    const fedora = evidence({ cell: { ...cell, target: { ...cell.target, id: "fedora-44" } } });
    writeFileSync(join(other, "evidence.json"), JSON.stringify(fedora));
    expect((await rejected(mixed)).message).toContain("of fedora-44 and of debian-13");
    expect((await rejected(join(dir, "nowhere"))).hint).toContain("results folder");
  });
});
