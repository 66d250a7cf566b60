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

/** The alternative that is complete, with those that are always wanted; or what is missing of the nearest one. */
function complete({ all, oneOf }: SymbolRow, config: ReadonlyMap<string, string>) {
  const sets = (oneOf ?? [[]]).map(group => [...all, ...group]);
  const unset = (set: readonly string[]) => set.filter(symbol => !config.has(symbol));
  const modules = (set: readonly string[]) => set.filter(symbol => config.get(symbol) === "m");
  const best = sets.sort((a, b) => unset(a).length - unset(b).length || modules(a).length - modules(b).length)[0] ?? [];
  return { wanted: best, missing: unset(best), modules: modules(best) };
}

const how = {
  initrd: "to be loaded by the initrd",
  "on-demand": "loaded when asked for",
  never: "",
} as const;

function judgeRow(row: SymbolRow, config: ReadonlyMap<string, string>): Judgement {
  const { wanted, missing, modules } = complete(row, config);
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
        ? judgeRow(row, readConfig(seen))
        : error("harness.output-unreadable", "The kernel's config could not be read", seen.stderr.slice(-2000));
    },
    examples: {
      pass: { steps: { [step]: said(lines("y").join("")) } },
      fail: { steps: { [step]: said(lines("n").join("")) } },
    },
  };
}

export const kernelSymbolChecks: readonly Check[] = kernelSymbols.map(symbolCheck);
