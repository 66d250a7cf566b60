import * as z from "zod";
import { Scenario } from "./scenario.ts";
import { Arch } from "./words.ts";

/** A scenario that has to pass, and every check of it that has to: what a scenario of that name is cannot be changed by whoever runs it. */
export const RequiredScenario = z.strictObject({
  scenario: z.strictObject(Scenario.omit({ $schema: true, title: true }).shape),
  checks: z.array(z.string()).min(1),
});
export type RequiredScenario = z.infer<typeof RequiredScenario>;

/** What a target must show to be certified for a release of Kata's: none of it may be skipped. */
export const RequiredList = z.strictObject({
  kata: z.string(),
  scenarios: z.partialRecord(Arch, z.array(RequiredScenario).min(1)),
});
export type RequiredList = z.infer<typeof RequiredList>;

/** `kata/required.json`: the lists, each pinned by the SHA-256 of its canonical form. */
export const RequiredLists = z.strictObject({
  lists: z.array(
    z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/, "64 hexadecimal digits"), list: RequiredList }),
  ),
});
export type RequiredLists = z.infer<typeof RequiredLists>;
