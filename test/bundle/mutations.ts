import { archive } from "../../src/bundle/archive.ts";
import { gzip } from "../../src/bundle/gzip.ts";
import { bundleBytes } from "../../src/bundle/pack.ts";
import { nasty } from "../reporters/hostile.ts";
import { linesOf, madeUp, relisted } from "./forged.ts";
import { goodFiles } from "./good.ts";

export type Dice = () => number;

const below = (dice: Dice, most: number): number => Math.floor(dice() * most);
const pick = <T>(dice: Dice, all: readonly T[]): T => all[below(dice, all.length)] as T;

/** Some bytes are others, some are gone, some are there twice. */
function mangled(bytes: Uint8Array, dice: Dice): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let left = below(dice, 4); left >= 0; left -= 1) changed[below(dice, changed.length)] = below(dice, 256);
  if (dice() < 0.7) return changed;
  const [from, to] = [below(dice, changed.length), below(dice, changed.length)];
  return Buffer.concat([changed.subarray(0, from), changed.subarray(to)]);
}

/** What programs choke on. */
const odd: readonly unknown[] = [
  ...nasty,
  ...[
    "a".repeat(200_000),
    "\n".repeat(50_000),
    `${"\n".repeat(64_000)}x`,
    "-----BEGIN PRIVATE KEY----- ".repeat(3000),
    "A_".repeat(50_000),
  ],
  ...[`missing${" ".repeat(30_000)}`, `missing /x${" (".repeat(30_000)}`, `shim: id: ${"kata".repeat(15_000)}`],
  ...["x://".repeat(20_000), " ".repeat(100_000), `${"(".repeat(20_000)}`, "", "__proto__", "../../x"],
  ...[null, true, -1, 1e308, 2 ** 53, [], {}, [[[[]]]], { a: { b: {} } }],
];

/** A value of the same shape, of which one part is something else. */
function twisted(value: unknown, dice: Dice): unknown {
  if (typeof value !== "object" || value === null || dice() < 0.1) return pick(dice, odd);
  const keys = Object.keys(value);
  if (keys.length === 0) return pick(dice, odd);
  const key = pick(dice, keys);
  const copy = Array.isArray(value) ? [...value] : { ...value };
  Object.assign(copy, { [key]: twisted((value as Record<string, unknown>)[key], dice) });
  return copy;
}

const good = goodFiles("debian-sid-expired");
const whole = bundleBytes(good);
const tar = archive(good);
const names = [...good.keys()];
const lines = linesOf("debian-13-kata");

/** A journal with an event that no run writes, in a bundle that is otherwise as ours are; undefined where not even that can be made. */
function twistedRun(dice: Dice): Uint8Array | undefined {
  const at = below(dice, lines.length);
  try {
    return madeUp(() => lines.map((line, n) => (n === at ? (twisted(line, dice) as typeof line) : line)));
  } catch {
    return undefined;
  }
}

/** A file to read, the same for the same dice. */
export function mutation(dice: Dice): Uint8Array {
  const kind = dice();
  if (kind < 0.25) return mangled(whole, dice);
  if (kind < 0.5) return gzip(mangled(tar, dice));
  const name = pick(dice, names);
  const file = good.get(name) ?? new Uint8Array();
  if (kind < 0.7) return bundleBytes(new Map(good).set(name, mangled(file, dice)));
  if (kind < 0.85 && name !== "manifest.json")
    return bundleBytes(relisted(new Map(good).set(name, mangled(file, dice))));
  return twistedRun(dice) ?? mangled(whole, dice);
}
