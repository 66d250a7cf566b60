import { checkBundle } from "../bundle/check.ts";
import { limits } from "../bundle/limits.ts";
import { UsageError } from "../model/failure.ts";
import { certificateJson, certificateText } from "../reporters/certificate.ts";
import { harmless } from "../reporters/text/inert.ts";
import { readBytesSafely } from "../results/read-file.ts";
import type { Values } from "./actions.ts";
import type { CertifyOptions } from "./certify-options.ts";
import { exitOf, termsOf } from "./certify-terms.ts";
import type { Context } from "./context.ts";

/** Checks a bundle, writing nothing, and says why it is refused or what is left to a person. Resolves to the exit code. */
export async function checkSubmitted(
  path: string,
  options: CertifyOptions,
  values: Values,
  context: Context,
): Promise<number> {
  const terms = await termsOf(options, values, context);
  const bytes = await readBytesSafely(path, limits.compressed);
  if (bytes === undefined) throw new UsageError(`${path}: there is no such file`, "Name a bundle");
  const checked = checkBundle(bytes, terms);
  context.out.write(options.json ? certificateJson(checked) : harmless(certificateText(path, checked)));
  return exitOf(checked.refusals);
}
