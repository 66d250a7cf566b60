import { resolve } from "node:path";
import * as z from "zod";
import { UsageError } from "../model/failure.ts";
import type { Values } from "./actions.ts";
import { parsed } from "./values.ts";

const path = (what: string) =>
  z
    .string()
    .min(1, `the path of ${what}, which is not empty`)
    .transform(typed => resolve(typed));

const CertifyOptions = z.object({
  check: path("a bundle").optional(),
  from: path("a results folder").optional(),
  bundle: path("the bundle to write").optional(),
  contact: z
    .string()
    .regex(/^[^\p{Cc}]{1,200}$/u, "a line of at most 200 characters: an address or a page where you answer")
    .optional(),
  key: path("a key").optional(),
  release: z.string().optional(),
  challenge: z
    .string()
    .regex(/^[\w.:/#-]{1,100}$/, "a word of at most 100 letters, digits and . : / # _ -")
    .optional(),
  known: path("a list of runs").optional(),
  maxAge: z
    .string()
    .regex(/^[1-9][0-9]{0,3}$/, "a number of days from 1 to 9999")
    .transform(Number),
  require: z.literal("kvm").optional(),
  json: z.boolean().default(false),
});
export type CertifyOptions = z.infer<typeof CertifyOptions>;

/** Which of the three is asked for: exactly one. */
export type Way =
  | { readonly kind: "check"; readonly bundle: string }
  | { readonly kind: "from"; readonly results: string }
  | { readonly kind: "run"; readonly target: string };

/** Throws UsageError. */
export function certifyOptions(values: Values): { readonly way: Way; readonly options: CertifyOptions } {
  const options = parsed(CertifyOptions, values);
  const [target] = values.arguments;
  const ways: Way[] = [];
  if (typeof target === "string") ways.push({ kind: "run", target });
  if (options.from !== undefined) ways.push({ kind: "from", results: options.from });
  if (options.check !== undefined) ways.push({ kind: "check", bundle: options.check });
  const [way, other] = ways;
  if (way && other === undefined) return { way, options };
  throw new UsageError(
    way ? "certify takes one of TARGET, --from and --check" : "certify takes TARGET, --from RESULTS or --check BUNDLE",
    "To certify a release: kata-verify certify debian-13 --contact you@example.org",
  );
}
