import { resolve } from "node:path";
import * as z from "zod";
import type { Values } from "./actions.ts";
import { Count, Duration, parsed } from "./values.ts";
import { UserFileOption } from "./with-file.ts";

const path = (what: string) =>
  z
    .string()
    .min(1, `the path of ${what}, which is not empty`)
    .transform(typed => resolve(typed));

const VerifyOptions = z.object({
  out: path("a folder"),
  jobs: Count,
  deadline: Duration.optional(),
  withPackage: z.array(path("a package file")).default([]),
  withFile: z.array(UserFileOption).default([]),
  keep: z.enum(["failed", "always"]).optional(),
  cache: z.boolean(),
  json: z.boolean().default(false),
  setup: z.boolean().default(false),
  quiet: z.boolean().default(false),
  verbose: z.boolean().default(false),
  /** Of certify: a word of the reviewer's, recorded in every cell. */
  challenge: z.string().optional(),
});
export type VerifyOptions = z.infer<typeof VerifyOptions>;

/** The options of verify that say how, not what. Throws UsageError. */
export const verifyOptions = (values: Values): VerifyOptions => parsed(VerifyOptions, values);
