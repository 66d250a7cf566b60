import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CatalogError, UsageError } from "../model/failure.ts";
import { type Catalog, type CatalogFile, catalog } from "../plan/catalog.ts";
import { readFileSafely } from "../results/read-file.ts";
import type { Context } from "./context.ts";

/** A target's file has one or two KiB; the limit keeps a mistaken folder from being read in whole. */
const sizeMax = 64 * 1024;

async function names(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter(name => name.endsWith(".json")).sort();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : cause;
    throw new CatalogError(`The catalog's folder ${folder} cannot be read: ${code}`, "Name another one: --catalog DIR");
  }
}

async function files(root: string, folder: string): Promise<CatalogFile[]> {
  return Promise.all(
    (await names(join(root, folder))).map(async name => {
      const path = join(folder, name);
      try {
        return { path, text: (await readFileSafely(join(root, path), sizeMax)) ?? "" };
      } catch (cause) {
        if (!(cause instanceof UsageError)) throw cause;
        throw new CatalogError(cause.message, `A catalog holds plain files of at most ${sizeMax} bytes`);
      }
    }),
  );
}

/**
 * Reads `images/` and `scenarios/` of the folder that --catalog names, or of the project. Rejects with CatalogError.
 */
export async function readCatalog(
  { root, clock }: Pick<Context, "root" | "clock">,
  folder?: unknown,
): Promise<Catalog> {
  const from = typeof folder === "string" ? folder : root;
  const targets = await files(from, "images");
  const scenarios = await files(from, "scenarios");
  return catalog({ targets, scenarios }, clock().slice(0, "2026-11-22".length));
}
