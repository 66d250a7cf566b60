import type { Code } from "../../model/reason.ts";

/** What engines and registries print, first match wins; all the rest is a registry that does not answer as one. */
const forms: readonly (readonly [RegExp, Code])[] = [
  [/no space left on device/i, "infra.disk-full"],
  [
    /verification failed for digest|unexpected (commit )?digest|digest did not match|does not match (provided manifest )?digest|failed size validation/i,
    "image.digest-mismatch",
  ],
  [/unauthorized|authentication required|no basic auth credentials|access .*denied|\b40[13]\b/i, "image.unauthorized"],
  [/manifest unknown|name unknown|not found|does not exist|no matching manifest|\b404\b/i, "image.not-found"],
];

/** Why no image came, from the engine's message. */
export function pullTrouble(message: string): Code {
  return forms.find(([form]) => form.test(message))?.[1] ?? "infra.registry-down";
}
