import { readdir } from "node:fs/promises";
import { CatalogError, UsageError } from "../model/failure.ts";
import { type Catalog, type CatalogFile, catalog } from "../plan/catalog.ts";
import { readFileSafely } from "../results/read-file.ts";
import type { Context } from "./context.ts";

/** A target's file has one or two KiB; the limit keeps a mistaken folder from being read in whole. */
const sizeMax = 64 * 1024;

/** As the folder was typed: joining would tidy it up. */
const below = (folder: string, name: string): string => `${folder}${folder.endsWith("/") ? "" : "/"}${name}`;

async function names(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(name => name.endsWith(".json")).sort();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : cause;
    throw new CatalogError(`The catalog's folder ${folder} cannot be read: ${code}`, "Name another one: --catalog DIR");
  }
}

/** Where to read a part of the catalog, and what to call it. */
interface Part {
  readonly folder: string;
  readonly called: string;
}

async function files({ folder, called }: Part): Promise<CatalogFile[]> {
  return Promise.all(
    (await names(folder)).map(async name => {
      try {
        const text = (await readFileSafely(`${folder}/${name}`, sizeMax)) ?? "";
        return { path: `${called}/${name}`, text };
      } catch (cause) {
        if (!(cause instanceof UsageError)) throw cause;
        throw new CatalogError(cause.message, `A catalog holds plain files of at most ${sizeMax} bytes`);
      }
    }),
  );
}

/** The files of one folder, and what to call it. Rejects with CatalogError. */
export const catalogFiles = (folder: string, called: string): Promise<CatalogFile[]> => files({ folder, called });

/**
 * Reads `images/` and `scenarios/` of the folder that --catalog names, or of the project. Rejects with CatalogError, which calls files as
 * the folder was given.
 */
export async function readCatalog(
  { root, clock }: Pick<Context, "root" | "clock">,
  folder?: unknown,
): Promise<Catalog> {
  if (folder === "")
    throw new UsageError("--catalog: the path of a folder, which is not empty", "Name one: --catalog DIR");
  const part = (name: string): Part =>
    typeof folder === "string"
      ? { folder: below(folder, name), called: below(folder, name) }
      : { folder: below(root, name), called: name };
  const targets = await files(part("images"));
  const scenarios = await files(part("scenarios"));
  return catalog({ targets, scenarios }, clock().slice(0, "2026-11-22".length));
}
