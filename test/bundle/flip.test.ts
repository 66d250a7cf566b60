import { describe, expect, it } from "vitest";
import { checkBundle, checkFiles } from "../../src/bundle/check.ts";
import { gunzip } from "../../src/bundle/gzip.ts";
import { listedRefusals } from "../../src/bundle/listed.ts";
import { readManifest } from "../../src/bundle/manifest.ts";
import type { Files } from "../../src/bundle/names.ts";
import { bundleBytes } from "../../src/bundle/pack.ts";
import { relisted } from "./forged.ts";
import { goodFiles, goodRuns, terms } from "./good.ts";

const cell = "amd64/qemu-distro-kernel";

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
  return changed;
}

const withFlip = (files: Files, name: string, at: number): Map<string, Uint8Array> =>
  new Map(files).set(name, flipped(files.get(name) ?? new Uint8Array(), at));

/** About `count` places of a file, its beginning and its end among them. */
function places(bytes: Uint8Array | undefined, count: number): number[] {
  const { length } = bytes ?? new Uint8Array();
  const step = Math.max(1, Math.floor(length / count));
  return [...Array.from({ length: Math.ceil(length / step) }, (_, n) => n * step), length - 1];
}

describe("a byte that is another", { timeout: 240_000 }, () => {
  it("is noticed anywhere in any file, by its digest", () => {
    const files = goodFiles("debian-sid-expired");
    const manifest = readManifest(files);
    expect(listedRefusals(files, manifest)).toEqual([]);
    for (const { path, size } of manifest.files)
      for (const at of places(files.get(path), size < 4000 ? size : 500)) {
        const [found, ...more] = listedRefusals(withFlip(files, path, at), manifest);
        expect([found?.code, more.length], `${path} ${at}`).toEqual(["file.digest", 0]);
      }
  });

  it("is noticed anywhere in a journal of which the forger made the digests right", () => {
    const files = goodFiles("debian-sid-expired");
    const journal = `${cell}/journal.ndjson`;
    const { length } = files.get(journal) ?? [];
    expect(length).toBeGreaterThan(3000);
    for (let at = 0; at < Number(length); at += 1) {
      const codes = checkFiles(relisted(withFlip(files, journal, at)), terms).refusals.map(({ code }) => code);
      expect(codes.join(" "), `byte ${at}`).toMatch(
        /journal\.(unreadable|broken|unfinished)|evidence\.(differs|elsewhere)/,
      );
    }
  });

  it.each([
    `${cell}/journal.ndjson`,
    `${cell}/evidence.json`,
    `${cell}/manifest.json`,
    "verdict.json",
    "manifest.json",
  ])("is noticed in %s of a good bundle whose digests were made right", name => {
    const files = goodFiles(goodRuns[0]);
    expect(checkFiles(files, terms).refusals).toEqual([]);
    for (const at of places(files.get(name), 6)) {
      const changed = withFlip(files, name, at);
      const { refusals } = checkBundle(bundleBytes(name === "manifest.json" ? changed : relisted(changed)), terms);
      expect(refusals.length, `byte ${at}`).toBeGreaterThan(0);
    }
  });

  it("is noticed in the file as it is sent", () => {
    const bytes = bundleBytes(goodFiles());
    const outside = Array.from({ length: 10 }, (_, at) => [at, bytes.length - 1 - at]).flat();
    // The last byte of deflated data is filled up with bits that say nothing.
    const filled = bytes.length - 9;
    expect(gunzip(flipped(bytes, filled)).length).toBe(gunzip(bytes).length);
    for (const at of [...outside, ...places(bytes, 60)].filter(one => one !== filled))
      expect(checkBundle(flipped(bytes, at), terms).refusals.length, `byte ${at}`).toBeGreaterThan(0);
  });
});
