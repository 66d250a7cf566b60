import { createPublicKey, type KeyObject } from "node:crypto";
import type { BundleManifest } from "../model/bundle.ts";
import { type Refusal, refusal } from "../model/refusal.ts";
import { parseJson } from "../results/parse.ts";
import { Envelope, isSignedBy, keyId } from "./dsse.ts";
import { type Files, signatureFile } from "./names.ts";
import { exactText } from "./text.ts";

function read(bytes: Uint8Array): Envelope | undefined {
  try {
    const text = exactText(bytes) ?? "";
    const envelope = Envelope.parse(parseJson(text));
    return `${JSON.stringify(envelope)}\n` === text ? envelope : undefined;
  } catch {
    return undefined;
  }
}

/** The key that the manifest shows, where it is one that signs here, in the form that it is written in. */
function shownKey({ signer }: BundleManifest): KeyObject | undefined {
  try {
    const key = createPublicKey(signer?.publicKey ?? "");
    const isOwn = keyId(key) === signer?.keyId && key.export({ type: "spki", format: "pem" }) === signer.publicKey;
    return isOwn ? key : undefined;
  } catch {
    return undefined;
  }
}

function isSigned(envelope: Envelope, key: KeyObject): boolean {
  try {
    return isSignedBy(envelope, key);
  } catch {
    return false;
  }
}

/**
 * What is wrong with the signature. `expected` is the statement that this bundle makes, `known` the key that a reviewer knows to be the
 * signer's.
 */
export function signatureRefusals(
  files: Files,
  manifest: BundleManifest,
  expected: string,
  known: KeyObject | undefined,
): Refusal[] {
  const bytes = files.get(signatureFile);
  if (bytes === undefined && manifest.signer === null)
    return known ? [refusal("signature.missing", "the bundle is not signed")] : [];
  if (bytes === undefined) return [refusal("signature.missing", "manifest.json names who signed")];
  const envelope = read(bytes);
  if (envelope === undefined) return [refusal("signature.unreadable", signatureFile)];
  const key = shownKey(manifest);
  if (key === undefined) return [refusal("signature.wrong", "manifest.json names no key that can sign")];
  if (!isSigned(envelope, key)) return [refusal("signature.wrong", `key ${keyId(key)}`)];
  if (!Buffer.from(envelope.payload, "base64").equals(Buffer.from(expected)))
    return [refusal("signature.statement", "its subjects, its bundle or its tests are others")];
  if (known && keyId(known) !== keyId(key)) return [refusal("signature.other-key", `signed by ${keyId(key)}`)];
  return [];
}
