import { readAdditionPins } from "../images/containerd/pins.ts";
import { prepareAddition } from "../images/containerd/prepare.ts";
import { checkGiven } from "../images/kata/given.ts";
import { readPins } from "../images/kata/pins.ts";
import { prepareKata } from "../images/kata/prepare.ts";
import { proxiedFetch } from "../images/release/proxy.ts";
import type { Tools } from "../images/tools.ts";
import type { PlannedCell } from "../model/cell.ts";
import { UsageError } from "../model/failure.ts";
import type { AdditionId } from "../model/words.ts";
import type { Brought } from "../observe/kata/additions.ts";
import type { KataTree } from "../observe/kata/tree.ts";
import type { Emit } from "../observe/seen.ts";
import type { Engine } from "../testbeds/engine.ts";
import type { Context } from "./context.ts";

export interface KataHandsOptions {
  readonly engine: Engine;
  readonly tools: Pick<Tools, "imageId">;
  /** Id of the run. */
  readonly run: string;
  /** The cache's folder. */
  readonly cache: string;
  readonly context: Pick<Context, "root" | "env">;
  readonly signal: AbortSignal;
}

/** Kata's own binaries for a cell. */
export type KataHands = (cell: PlannedCell, emit: Emit, tell: (message: string) => void) => Promise<KataTree>;

/** What a distro has not of containerd, for a cell. */
export type AdditionHands = (
  name: AdditionId,
  cell: PlannedCell,
  emit: Emit,
  tell: (message: string) => void,
) => Promise<Brought>;

const useOf = ({ scenario, runtime }: PlannedCell) => ({ runtime, guestKernel: scenario.guestKernel });

/** Got once for all cells that want the same of it; who is first hears about it. */
function once<T>(): (key: string, get: () => Promise<T>) => Promise<T> {
  const got = new Map<string, Promise<T>>();
  return (key, get) => {
    const known = got.get(key) ?? get();
    got.set(key, known);
    return known;
  };
}

export function additionHands({ engine, tools, run, cache, context, signal }: KataHandsOptions): AdditionHands {
  const one = once<Brought>();
  return (name, { arch }, emit, tell) =>
    one(`${name} ${arch}`, async () => {
      const options = { engine, tools: tools.imageId, run, cache, emit, tell, signal };
      const [pins, fetch] = await Promise.all([readAdditionPins(context.root), proxiedFetch(context.env)]);
      return prepareAddition(name, arch, { ...options, pins, fetch });
    });
}

export function kataHands({ engine, tools, run, cache, context, signal }: KataHandsOptions): KataHands {
  const one = once<KataTree>();
  const get: KataHands = async (cell, emit, tell) => {
    const { kata, arch } = cell;
    if (kata.source === "distro") throw new Error("the distro's own Kata is not brought");
    const options = { engine, tools: tools.imageId, run, cache, emit, tell, signal };
    const [pins, fetch] = await Promise.all([readPins(context.root), proxiedFetch(context.env)]);
    return prepareKata(kata, useOf(cell), arch, { ...options, pins, fetch });
  };
  return (cell, emit, tell) => one(JSON.stringify([cell.kata, cell.arch, useOf(cell)]), () => get(cell, emit, tell));
}

const wantsGiven = ({ kata, tier, notApplicable }: PlannedCell) =>
  kata.source === "path" && tier === "kata" && notApplicable === undefined;

/** Before anything is begun: rejects with `UsageError` where what the user gave as Kata cannot be what these cells take. */
export async function checkKata(cells: readonly PlannedCell[]): Promise<void> {
  for (const cell of cells.filter(wantsGiven))
    if (cell.kata.source === "path") await checkGiven(cell.kata.path, [useOf(cell)]);
}

/**
 * The rest of it, which takes an engine: a tarball that is cut off is found out by reading it. Everything but a `UsageError` is left
 * to the cells, each of which meets it again and writes it down.
 */
export async function mustHaveGiven(cells: readonly PlannedCell[], get: (cell: PlannedCell) => Promise<unknown>) {
  for (const cell of cells.filter(wantsGiven))
    await get(cell).catch(error => {
      if (error instanceof UsageError) throw error;
    });
}
