import * as z from "zod";

/** A file of a release. */
export const Asset = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "a file name"),
  /** Absent where it is not known: never invented. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits")
    .optional(),
  /** Bytes. */
  size: z.int().positive().optional(),
});
export type Asset = z.infer<typeof Asset>;

/** What is pinned of any release. */
export const pinned = {
  version: z.string(),
  /** The release as its page's API describes it, with the digests that the page states. */
  page: z.url(),
  /** Where its assets are, without the slash before their names. */
  files: z.url(),
};

/** Where the facts of a file of pins come from. */
export const Sources = z.array(z.strictObject({ fact: z.string(), from: z.string() }));
