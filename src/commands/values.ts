import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import * as z from "zod";
import { UsageError } from "../model/failure.ts";
import type { Values } from "./actions.ts";
import { usageHint } from "./usage-hint.ts";

const units = { s: 1000, m: 60_000, h: 3_600_000 } as const;

/** In hours. A timer that is set for 2^31 ms or more, 596.5 h, is over at once. */
const longest = 596;

/** `90s`, `45m`, `2h` as milliseconds. */
export const Duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smh]$/, "a duration such as 90s, 45m or 2h")
  .transform(text => Number(text.slice(0, -1)) * units[text.slice(-1) as keyof typeof units])
  .refine(ms => ms <= longest * units.h, `a duration of ${longest}h at most`);

/** A number of things, as typed. */
export const Count = z
  .string()
  .regex(/^[1-9][0-9]?$/, "a number from 1 to 99")
  .transform(Number);

/** The options of a command as its schema has them. Throws UsageError that names the option. */
export function parsed<T>(schema: z.ZodType<T>, { command, options }: Values): T {
  const { success, data, error } = schema.safeParse(options);
  if (success) return data;
  const [issue] = error.issues;
  const name = String(issue?.path[0] ?? "").replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
  throw new UsageError(`--${name}: ${issue?.message ?? "not understood"}`, usageHint(`kata-verify ${command}`));
}

/** The words of an argument that may be given many times, or once, or not at all. */
export const words = (argument: unknown): string[] =>
  (Array.isArray(argument) ? argument : argument === undefined ? [] : [argument]).map(String);

/** Rejects with UsageError for the first that is not a file that can be read. */
export async function readableFiles(option: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const isFile = await stat(path).then(
      found => found.isFile(),
      () => false,
    );
    const readable =
      isFile &&
      (await access(path, constants.R_OK).then(
        () => true,
        () => false,
      ));
    if (!readable)
      throw new UsageError(`${option}: ${path} is not a file that can be read`, "Name files that are there");
  }
}
