import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { checkFiles } from "../../src/bundle/check.ts";
import { Envelope, isSignedBy, preAuthEncoding, signed } from "../../src/bundle/dsse.ts";
import { readManifest } from "../../src/bundle/manifest.ts";
import { statement } from "../../src/bundle/statement.ts";
import { UsageError } from "../../src/model/failure.ts";
import { goodFiles, terms } from "./good.ts";

/** The secret key of the first test of RFC 8032, section 7.1, in PKCS#8. */
const rfc8032 = createPrivateKey({
  key: Buffer.from(
    "302e020100300506032b6570042204209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    "hex",
  ),
  format: "der",
  type: "pkcs8",
});

describe("the envelope", () => {
  it("encodes what is signed as the protocol's own example does", () => {
    expect(preAuthEncoding("http://example.com/HelloWorld", Buffer.from("hello world")).toString()).toBe(
      "DSSEv1 29 http://example.com/HelloWorld 11 hello world",
    );
    expect(preAuthEncoding("", Buffer.from("é")).toString("latin1")).toBe("DSSEv1 0  2 Ã©");
  });

  it("is the same for the same key and payload, with Ed25519", () => {
    const envelope = signed(Buffer.from("{}"), rfc8032);
    expect(envelope).toEqual(signed(Buffer.from("{}"), rfc8032));
    expect(envelope).toMatchObject({ payloadType: "application/vnd.in-toto+json", payload: "e30=" });
    expect(isSignedBy(envelope, createPublicKey(rfc8032))).toBe(true);
  });

  it("is not of another key, payload or type", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const envelope = signed(Buffer.from("{}"), privateKey);
    expect(isSignedBy(envelope, publicKey)).toBe(true);
    expect(isSignedBy(envelope, createPublicKey(rfc8032))).toBe(false);
    expect(isSignedBy({ ...envelope, payload: "e30K" }, publicKey)).toBe(false);
    expect(isSignedBy({ ...envelope, payloadType: "text/plain" as never }, publicKey)).toBe(false);
  });

  it("has one form: no bits that say nothing", () => {
    const envelope = signed(Buffer.from("{}"), rfc8032);
    expect(Envelope.safeParse(envelope).success).toBe(true);
    expect(Envelope.safeParse({ ...envelope, payload: "e31=" }).success).toBe(false);
  });

  it.each([
    ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
    ["ECDSA with another curve", generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey],
  ])("is not made with %s", (_, key) => {
    expect(() => signed(Buffer.from("{}"), key)).toThrow(UsageError);
  });
});

it("is signed about the tested files, by their packages, and about all of the bundle", () => {
  const files = goodFiles();
  const { verdict } = checkFiles(files, terms);
  if (!verdict) throw new Error("It was refused");
  const said = JSON.parse(statement(readManifest(files), files.get("manifest.json") ?? new Uint8Array(), verdict));
  expect(said).toMatchObject({
    _type: "https://in-toto.io/Statement/v1",
    predicateType: "https://in-toto.io/attestation/test-result/v0.1",
    predicate: {
      result: "PASSED",
      configuration: [{ name: "debian-13 amd64: manifest.json" }, { name: "what Kata 4.0.0 requires" }],
    },
  });
  expect(said.subject).toContainEqual({
    name: "qemu-system-x86 1:10.0.13+ds-0+deb13u1 amd64: /usr/bin/qemu-system-x86_64",
    digest: { sha256: expect.stringMatching(/^d3c1a558[0-9a-f]{56}$/) },
  });
  expect(said.predicate.passedTests).toContain("qemu-distro-kernel/guest.virtiofs");
});
