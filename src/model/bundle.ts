import * as z from "zod";
import { Tool } from "./evidence.ts";
import { Outcome, Standing } from "./verdict.ts";
import { Arch, Instant } from "./words.ts";

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits");

/** `manifest.json` of a bundle: what it claims, for which list of requirements, and the digest of every other file. */
export const BundleManifest = z.looseObject({
  schemaVersion: z.literal(1),
  /** Which version put the bundle together; each journal says which one ran. */
  tool: Tool,
  target: z.string(),
  arch: Arch,
  /** Whom to ask about it. */
  contact: z.string().min(1).max(200),
  /** Kata's release whose list of requirements is met, and the SHA-256 of that list in its canonical form. */
  required: z.looseObject({ kata: z.string(), digest: Sha256 }),
  createdAt: Instant,
  /** The run by what it saw: SHA-256 over the last links of its journals. The same run has the same one in any bundle. */
  run: Sha256,
  /** A word of the reviewer's that the run was started with; null where there was none. */
  challenge: z.string().nullable(),
  claim: z.array(z.looseObject({ scenario: z.string(), outcome: Outcome, standing: Standing })),
  /** Null where nobody signed. The key is SPKI in PEM, its id the SHA-256 of its DER form. */
  signer: z.looseObject({ keyId: Sha256, publicKey: z.string() }).nullable(),
  /** Every other file but the signature, by name. */
  files: z.array(z.looseObject({ path: z.string(), size: z.int(), sha256: Sha256 })),
});
export type BundleManifest = z.infer<typeof BundleManifest>;
