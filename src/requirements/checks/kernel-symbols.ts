import { type Check, error, fail, type Judgement, pass, skip } from "../../model/check.ts";
import { reading } from "../../vmms/reading.ts";
import type { SymbolRow } from "../kernel-symbol-row.ts";
import { kernelSymbols } from "../kernel-symbols.ts";
import { said } from "./example.ts";
import { stepOf } from "./qemu-ended.ts";

const step = "kernel.config";

/** Symbols that are set, without `CONFIG_`: `y`, `m`, or their value. What is not set, or has gone, is absent. */
export const readConfig = reading(
  (seen): ReadonlyMap<string, string> =>
    new Map([...seen.stdout.matchAll(/^CONFIG_(\w+)=(.*)$/gm)].map(match => [match[1] ?? "", match[2] ?? ""])),
);

interface State {
  readonly wanted: readonly string[];
  readonly missing: readonly string[];
  readonly modules: readonly string[];
}

const stateOf = (wanted: readonly string[], config: ReadonlyMap<string, string>): State => ({
  wanted,
  missing: wanted.filter(symbol => !config.has(symbol)),
  modules: wanted.filter(symbol => config.get(symbol) === "m"),
});

const nearer = (a: State, b: State): State =>
  (b.missing.length - a.missing.length || b.modules.length - a.modules.length) < 0 ? b : a;

/** The alternative that is complete, or the nearest one; the first of equals. */
const nearest = (sets: readonly (readonly string[])[], config: ReadonlyMap<string, string>): State =>
  sets.map(set => stateOf(set, config)).reduce(nearer);

const how = {
  initrd: "to be loaded by the initrd",
  "on-demand": "loaded when asked for",
  never: "",
} as const;

function judgeRow(row: SymbolRow, { wanted, missing, modules }: State, config: ReadonlyMap<string, string>): Judgement {
  const also = (row.also ?? []).map(symbol => `${symbol}=${config.get(symbol) ?? "n"}`).join(" ");
  const states = `${wanted.map(symbol => `${symbol}=${config.get(symbol) ?? "n"}`).join(" ")}${also && ` (also ${also})`}`;
  if (missing.length > 0)
    return fail(row.code, `${missing.map(one => `CONFIG_${one}`).join(", ")} not set: ${row.means}`, states);
  if (modules.length > 0 && row.module === "never")
    return fail(
      "guest.option-modular",
      `${modules.map(one => `CONFIG_${one}`).join(", ")} built as module: ${row.means}`,
      states,
    );
  return pass(modules.length > 0 ? `${states}; modules ${how[row.module]}` : states);
}

function symbolCheck(row: SymbolRow): Check {
  const lines = (value: string) =>
    [...row.all, ...(row.oneOf?.[0] ?? [])].map(symbol =>
      value === "n" ? `# CONFIG_${symbol} is not set\n` : `CONFIG_${symbol}=${value}\n`,
    );
  const sets = (row.oneOf ?? [[]]).map(group => [...row.all, ...group]);
  return {
    id: `contract.kernel.${row.name}`,
    tier: "contract",
    title: `${row.id} ${row.title}`,
    gating: row.gating,
    needs: [step],
    judge: evidence => {
      if (!row.arches.includes(evidence.cell.arch)) return skip("catalog.other-arch");
      const seen = stepOf(evidence, step);
      return seen.stdout.includes("CONFIG_")
        ? judgeRow(row, nearest(sets, readConfig(seen)), readConfig(seen))
        : error("harness.output-unreadable", "The kernel's config could not be read", seen.stderr.slice(-2000));
    },
    examples: {
      pass: { steps: { [step]: said(lines("y").join("")) } },
      fail: { steps: { [step]: said(lines("n").join("")) } },
    },
  };
}

export const kernelSymbolChecks: readonly Check[] = kernelSymbols.map(symbolCheck);
