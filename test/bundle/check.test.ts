import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkBundle } from "../../src/bundle/check.ts";
import { bundleBytes } from "../../src/bundle/pack.ts";
import { goodFiles, goodRuns, terms } from "./good.ts";

describe.each(goodRuns)("a bundle of %s", name => {
  it("is accepted, and says what is left to a person", () => {
    const bytes = bundleBytes(goodFiles(name));
    const { refusals, review, manifest } = checkBundle(bytes, terms);
    expect(refusals).toEqual([]);
    expect(manifest?.claim).toEqual([{ scenario: "qemu-distro-kernel", outcome: "pass", standing: "provisional" }]);
    expect(review).toContain("Nobody signed it: ask the contact whether it is theirs");
    expect(review.join("\n")).toMatch(/emulated CPU/);
    expect(review.join("\n")).toMatch(/vouched for by nobody/);
    expect(bytes.length).toBeLessThan(400_000);
  });
});

it("has the same bytes when it is made again", () => {
  expect(Buffer.compare(bundleBytes(goodFiles()), bundleBytes(goodFiles()))).toBe(0);
});

it.each([
  ["Ed25519", generateKeyPairSync("ed25519")],
  ["ECDSA with P-256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
])("is accepted with a signature by a known key, %s", (_, { privateKey, publicKey }) => {
  const bytes = bundleBytes(goodFiles(goodRuns[0], { key: privateKey }));
  const { refusals, review } = checkBundle(bytes, { ...terms, key: publicKey });
  expect(refusals).toEqual([]);
  expect(review[1]).toMatch(/^Signed with the key that was given, [0-9a-f]{64}$/);
  expect(checkBundle(bytes, terms).review[1]).toMatch(/compare with one that you know/);
});
