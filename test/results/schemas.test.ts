import { readdirSync, readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { readManifest } from "../../src/bundle/manifest.ts";
import { verdictJson } from "../../src/reporters/verdict-json.ts";
import { evidenceJson } from "../../src/results/save.ts";
import {
  publishedSchema,
  publishedSchemas,
  type SchemaName,
  schemaNames,
  schemaText,
} from "../../src/results/schemas.ts";
import { goodFiles } from "../bundle/good.ts";
import { evidence, exited, scenario, target } from "../judge/evidence.ts";
import { dice, hostileText, hostileVerdict } from "../reporters/hostile.ts";
import { everything, verdict } from "../reporters/verdicts.ts";

const folder = new URL("../../schemas/", import.meta.url);

/** Strict: a keyword that does nothing, a format that is not known or a type that is left open is an error. */
const ajv = new Ajv2020({ strict: true, allErrors: true });
formats.default(ajv);

/** What is wrong with a value, by the schema of that name; nothing where it is accepted. */
function wrong(name: SchemaName, value: unknown): string[] {
  const schema = publishedSchema(name);
  const validate = ajv.getSchema(String(schema["$id"])) ?? ajv.compile(schema);
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("the published schemas", () => {
  it("are checked in as they are generated; vitest -u writes them", async () => {
    for (const name of schemaNames)
      await expect(schemaText(name)).toMatchFileSnapshot(`../../schemas/${name}.schema.json`);
    expect(readdirSync(folder).sort()).toEqual(schemaNames.map(name => `${name}.schema.json`).sort());
  });

  it("compile in strict mode", () => {
    for (const schema of Object.values(publishedSchemas()))
      expect(() => ajv.validateSchema(schema, true)).not.toThrow();
    for (const name of schemaNames) expect(() => wrong(name, {})).not.toThrow();
  });

  it("accept what we write", () => {
    const golden = new URL("../reporters/golden/everything.verdict.json", import.meta.url);
    expect(wrong("verdict", JSON.parse(readFileSync(golden, "utf8")))).toEqual([]);
    expect(wrong("verdict", JSON.parse(verdictJson(everything)))).toEqual([]);
    const random = dice(8);
    for (let round = 0; round < 10; round += 1) {
      const hostile = hostileVerdict(
        () => hostileText(random),
        () => 0.5,
      );
      expect(wrong("verdict", JSON.parse(verdictJson(hostile)))).toEqual([]);
    }
    const seen = evidence({ steps: { "qemu.version": exited("QEMU") } });
    expect(wrong("evidence", JSON.parse(evidenceJson(seen)))).toEqual([]);
    const { tool, cell, request } = seen;
    const event = { kind: "opened", schemaVersion: 1, tool, cell, request };
    expect(wrong("journal", { seq: 1, at: "2026-11-22T10:00:00.000Z", prev: "", event })).toEqual([]);
    const manifest = { schemaVersion: 1, tool, target: "debian-13", image: null, packages: [] };
    expect(wrong("manifest", manifest)).toEqual([]);
    expect(wrong("bundle", readManifest(goodFiles()))).toEqual([]);
  });

  it("let readers meet what a later version adds", () => {
    const [cell] = everything.cells.slice(1);
    const later = { ...verdict(), cells: [{ ...cell, carbon: 1 }], signature: "x" };
    expect(wrong("verdict", later)).toEqual([]);
    const code = JSON.parse(JSON.stringify(later).replaceAll('"guest.vsock"', '"guest.teleport"'));
    expect(wrong("verdict", code)).toEqual([]);
    const future = evidence();
    const open = { ...future, cell: { ...future.cell, target: { ...target, colour: "red" } } };
    expect(wrong("evidence", JSON.parse(JSON.stringify(open)))).toEqual([]);
    for (const name of ["verdict", "evidence", "journal", "manifest", "bundle"] as const)
      expect(schemaText(name)).not.toMatch(/"additionalProperties": false|"propertyNames"/);
  });

  it("reject what is wrong", () => {
    expect(wrong("verdict", { ...verdict(), schemaVersion: 2 })).not.toEqual([]);
    expect(wrong("verdict", { ...verdict(), startedAt: "yesterday" })).not.toEqual([]);
    expect(wrong("verdict", { ...verdict(), outcome: "fine" })).not.toEqual([]);
    expect(wrong("evidence", { ...evidence(), steps: { a: {} } })).not.toEqual([]);
  });

  it("are strict with what people write, and let them leave out what has a default", () => {
    const written = {
      $schema: "../schemas/target.schema.json",
      id: "debian-14",
      title: "Debian 14",
      distro: "debian",
      arches: ["amd64"],
      packageManager: "apt",
      image: { reference: "docker.io/library/debian:14" },
      packages: {
        vmm: { qemu: { amd64: ["qemu-system-x86"] } },
        virtiofsd: ["virtiofsd"],
        kernel: { amd64: ["linux"] },
      },
      sources: [{ fact: "names", from: "the archive" }],
    };
    expect(wrong("target", written)).toEqual([]);
    expect(wrong("target", JSON.parse(JSON.stringify(target)))).toEqual([]);
    expect(wrong("target", { ...written, qmeu: 1 })).not.toEqual([]);
    expect(wrong("target", { ...written, packages: { ...written.packages, qmeu: [] } })).not.toEqual([]);
    expect(wrong("target", { ...written, id: "Debian 14" })).not.toEqual([]);
    expect(wrong("scenario", scenario)).toEqual([]);
    expect(wrong("scenario", { ...scenario, worklaods: [] })).not.toEqual([]);
  });
});
