import type { Context } from "./context.ts";

/** What commander found: processed arguments in order, options by their camel-cased names. */
export interface Values {
  /** The command that they were given to. */
  readonly command: string;
  readonly arguments: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** Runs one command; resolves to the exit code. */
type Action = (values: Values, context: Context) => Promise<number>;

/** Each command is loaded when it is asked for, so that --help stays quick. */
export const actions = {
  verify: async (values, context) => (await import("./verify.ts")).verify(values, context),
  plan: async (values, context) => (await import("./plan.ts")).plan(values, context),
  judge: async (values, context) => (await import("./judge.ts")).judge(values, context),
  matrix: async (values, context) => (await import("./matrix.ts")).matrix(values, context),
  certify: async (values, context) => (await import("./certify.ts")).certify(values, context),
  list: async (values, context) => (await import("./list.ts")).list(values, context),
  explain: async (values, context) => (await import("./explain.ts")).explain(values, context),
  schema: async (values, context) => (await import("./schema.ts")).schema(values, context),
  doctor: async (values, context) => (await import("./look.ts")).look(values, context),
  cache: async (values, context) => (await import("./cache.ts")).cache(values, context),
  osinfo: async (values, context) => (await import("./osinfo.ts")).osinfo(values, context),
  completion: async (values, context) => (await import("./complete.ts")).complete(values, context),
} as const satisfies Record<string, Action>;
export type Actions = typeof actions;
