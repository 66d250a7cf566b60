import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { PackageManagerId } from "../../src/model/words.ts";
import { packageManagers } from "../../src/packages/index.ts";

it.each(PackageManagerId.options)("%s is in the table under its own name, in a file of that name", id => {
  expect(packageManagers[id].id).toBe(id);
  expect(existsSync(new URL(`../../src/packages/${id}.ts`, import.meta.url))).toBe(true);
});
