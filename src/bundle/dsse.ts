import { createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import * as z from "zod";
import { UsageError } from "../model/failure.ts";
import { sha256 } from "./digest.ts";

/** In its one form: decoders take no notice of the last bits of the last letter. */
const Base64 = z
  .base64()
  .refine(text => Buffer.from(text, "base64").toString("base64") === text, "bits that say nothing are zero");

/** A Dead Simple Signing Envelope with one signature. */
export const Envelope = z.strictObject({
  payloadType: z.literal("application/vnd.in-toto+json"),
  payload: Base64,
  signatures: z.tuple([z.strictObject({ keyid: z.string(), sig: Base64 })]),
});
export type Envelope = z.infer<typeof Envelope>;

/** What is signed, by the DSSE protocol: type and payload, each behind its length in bytes. */
export const preAuthEncoding = (type: string, payload: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);

/** Of an ECDSA key the digest is named; Ed25519 has its own. Throws UsageError for what is neither Ed25519 nor ECDSA with P-256. */
function digestOf(key: KeyObject): "sha256" | null {
  if (key.asymmetricKeyType === "ed25519") return null;
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return "sha256";
  throw new UsageError(
    `A key of type ${key.asymmetricKeyType ?? key.type} cannot sign here`,
    "Make one: openssl genpkey -algorithm ed25519 -out key.pem",
  );
}

/** SHA-256 of the key's DER form. */
export const keyId = (publicKey: KeyObject): string => sha256(publicKey.export({ type: "spki", format: "der" }));

/** Signs with a private key. */
export function signed(payload: Uint8Array, key: KeyObject): Envelope {
  const payloadType = "application/vnd.in-toto+json";
  const sig = sign(digestOf(key), preAuthEncoding(payloadType, payload), key).toString("base64");
  const signatures: Envelope["signatures"] = [{ keyid: keyId(createPublicKey(key)), sig }];
  return { payloadType, payload: Buffer.from(payload).toString("base64"), signatures };
}

/** Whether the envelope is signed with the private half of this key. */
export function isSignedBy({ payloadType, payload, signatures: [{ keyid, sig }] }: Envelope, key: KeyObject): boolean {
  const bytes = preAuthEncoding(payloadType, Buffer.from(payload, "base64"));
  return keyid === keyId(key) && verify(digestOf(key), bytes, key, Buffer.from(sig, "base64"));
}
