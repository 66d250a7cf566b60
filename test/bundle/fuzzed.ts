import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { checkBundle } from "../../src/bundle/check.ts";
import { refusals } from "../../src/model/refusal.ts";
import { dice } from "../reporters/hostile.ts";
import { terms } from "./good.ts";
import { mutation } from "./mutations.ts";

/** Longest that a reader may take for one of these files, milliseconds, on a machine that does other things too. */
const hangMs = 20_000;

/** Reads hostile files for so long, and at least `least` of them: each is refused for a reason that there is, soon, and leaves nothing. */
export function fuzz(forMs: number, least: number, seed: number): number {
  const folder = mkdtempSync(join(tmpdir(), "kv-fuzz-"));
  const before = process.cwd();
  vi.stubEnv("TMPDIR", folder);
  process.chdir(folder);
  try {
    const until = Date.now() + forMs;
    for (let round = 0; ; round += 1) {
      if (Date.now() > until && round >= least) return round;
      const bytes = mutation(dice(seed + round));
      const start = Date.now();
      const { refusals: found } = checkBundle(bytes, terms);
      expect(Date.now() - start, `seed ${seed + round}`).toBeLessThan(hangMs);
      expect(found.every(({ code }) => code in refusals)).toBe(true);
      expect(readdirSync(folder)).toEqual([]);
    }
  } finally {
    process.chdir(before);
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
}
