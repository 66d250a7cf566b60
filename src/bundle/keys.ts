import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { UsageError } from "../model/failure.ts";
import { readFileSafely } from "../results/read-file.ts";

/** A key in PEM has some hundred bytes. */
const keyMax = 16 * 1024;

async function pem(path: string): Promise<string> {
  const text = await readFileSafely(path, keyMax);
  if (text === undefined) throw new UsageError(`--key ${path}: there is no such file`, "Name a key in PEM");
  return text;
}

function read(path: string, what: string, make: () => KeyObject): KeyObject {
  try {
    return make();
  } catch {
    throw new UsageError(
      `--key ${path} is not a ${what} key that can be read`,
      "It has to be PEM without a passphrase, Ed25519 or ECDSA with P-256",
    );
  }
}

/** The key to sign with. Rejects with UsageError. */
export async function privateKey(path: string): Promise<KeyObject> {
  const text = await pem(path);
  return read(path, "private", () => createPrivateKey(text));
}

/** The key that a reviewer knows to be the signer's. Rejects with UsageError. */
export async function publicKey(path: string): Promise<KeyObject> {
  const text = await pem(path);
  return read(path, "public", () => createPublicKey(text));
}
