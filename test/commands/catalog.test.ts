import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";
import { readCatalog } from "../../src/commands/catalog.ts";
import type { Request } from "../../src/model/cell.ts";
import { CatalogError } from "../../src/model/failure.ts";
import { defaultScenario, planCells } from "../../src/plan/cells.ts";

const project = new URL("../../", import.meta.url).pathname;
const context = { root: project, clock: () => "2026-11-22T12:00:00.000Z" };

function copy(): { root: string } & Disposable {
  const root = mkdtempSync(join(tmpdir(), "kata-verify-test-"));
  for (const folder of ["images", "scenarios"]) cpSync(join(project, folder), join(root, folder), { recursive: true });
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

describe("the project's own catalog", () => {
  it("is in order", async () => {
    const { targets, scenarios, notes } = await readCatalog(context);
    expect(targets).toHaveLength(readdirSync(join(project, "images")).length);
    expect(targets.map(({ id }) => id)).toEqual(targets.map(({ id }) => id).sort());
    expect(scenarios.map(({ id }) => id)).toContain(defaultScenario);
    expect(notes).toContain("fedora-33: its end of life was 2021-11-30");
  });

  it("pins an image for architectures that it has alone, says where a digest is from, and names no mirror", async () => {
    const { targets } = await readCatalog(context);
    for (const { arches, image, sources } of targets) {
      const pinned = Object.keys(image.digest);
      expect(arches).toEqual(expect.arrayContaining(pinned));
      expect(sources.some(({ fact }) => /digest/.test(fact))).toBe(pinned.length > 0);
      expect(JSON.stringify(sources)).not.toMatch(/https?:/);
    }
  });
});

it("gets debian-14 by one file", async () => {
  using at = copy();
  const text = readFileSync(join(project, "images/debian-13.json"), "utf8");
  const other = text.replaceAll("debian-13", "debian-14").replaceAll("trixie", "forky").replaceAll("13", "14");
  writeFileSync(join(at.root, "images/debian-14.json"), other);
  const request: Request = {
    ...({ arch: "amd64", tier: "guest", testbed: "auto", requireKvm: false, targets: ["debian-14"] } as const),
    ...({ scenarios: [], kata: { source: "release" }, workloads: "gating" } as const),
  };
  const runner = { kvm: "absent", vhostVsock: false, virtualized: true, nested: false } as const;
  const [cell] = planCells(await readCatalog(context, at.root), request, runner);
  expect(cell).toMatchObject({
    target: { id: "debian-14", bootstrap: { suite: "forky" }, packages: { virtiofsd: ["virtiofsd"] } },
    scenario: { id: "qemu-distro-kernel" },
    testbed: "vm",
  });
  expect(cell?.notApplicable).toBe(undefined);
});

describe("a folder that is not as it should be", () => {
  const refusal = async (root: string): Promise<CatalogError> => {
    const error = await readCatalog(context, root).catch(reason => reason);
    expect(error).toBeInstanceOf(CatalogError);
    return error;
  };

  it("is not there", async () => {
    const { message, hint } = await refusal("/nowhere");
    expect(message).toBe("The catalog's folder /nowhere/images cannot be read: ENOENT");
    expect(hint).toContain("--catalog");
  });

  it("is called as it was given", async () => {
    using at = copy();
    writeFileSync(join(at.root, "images/debian-13.json"), "{");
    const given = `./${relative(process.cwd(), at.root)}//`;
    expect((await refusal(given)).message).toBe(
      `${given}images/debian-13.json:1:2: expected a key in double quotes, found the end of the file`,
    );
    expect((await refusal("./nowhere")).message).toContain("folder ./nowhere/images cannot");
    await expect(readCatalog(context, "")).rejects.toThrow("--catalog: the path of a folder");
  });

  it("has a link in it", async () => {
    using at = copy();
    symlinkSync("/etc/passwd", join(at.root, "images/other.json"));
    expect((await refusal(at.root)).message).toMatch(/images\/other\.json is a link$/);
  });

  it("has a file that is too large to be a target", async () => {
    using at = copy();
    writeFileSync(join(at.root, "images/large.json"), " ".repeat(70_000));
    expect((await refusal(at.root)).message).toMatch(/images\/large\.json has 70000 bytes, more than 65536$/);
  });
});
