import { runInNewContext } from "node:vm";

/** What an expression may read: `github`, `inputs`, `matrix`, `needs`, `steps`. */
export type Contexts = Readonly<Record<string, unknown>>;

const names = ["github", "inputs", "matrix", "needs", "steps"] as const;

const functions = {
  fromJSON: (text: string): unknown => JSON.parse(text),
  toJSON: (value: unknown) => JSON.stringify(value, null, 2),
  contains: (all: readonly unknown[], one: unknown) => all.includes(one),
  cancelled: () => false,
  always: () => true,
};

/**
 * The value of an expression as GitHub has it. What workflows use of that language here is JavaScript as well, but for a property of what
 * is not there, which is nothing and no error.
 */
export function computed(expression: string, contexts: Contexts): unknown {
  const careful = expression.replace(/\.(?=[a-z_])/gi, "?.");
  const given = Object.fromEntries(names.map(name => [name, contexts[name]]));
  return runInNewContext(careful, { ...functions, ...given }) ?? "";
}

const parts = /\$\{\{ *(.+?) *\}\}/g;

/** A value of a workflow's file: a whole expression as what it is, one within a text as text. */
export function evaluated(text: string, contexts: Contexts): unknown {
  const [, whole] = /^\$\{\{ *((?:(?!\}\}).)+?) *\}\}$/.exec(text) ?? [];
  if (whole !== undefined) return computed(whole, contexts);
  return text.replace(parts, (_, expression: string) => String(computed(expression, contexts)));
}

/** A map's texts, evaluated. */
export const allEvaluated = (map: object, contexts: Contexts): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).map(([name, text]) => [name, evaluated(String(text), contexts)]));

/** Whether a job or step with this `if` runs; what has none runs. */
export const holds = (condition: unknown, contexts: Contexts): boolean =>
  condition === undefined ||
  Boolean(
    computed(
      String(condition)
        .trim()
        .replace(/^\$\{\{ *([\s\S]*?) *\}\}$/, "$1"),
      contexts,
    ),
  );
