import { Answer, type Square } from "../model/matrix.ts";

const rank = ({ answer }: Pick<Square, "answer">): number => Answer.options.indexOf(answer);

/** The square with the best answer of those that are for production; of equals the first by name. Undefined where there is none. */
export function best(squares: readonly Square[]): Square | undefined {
  return squares
    .filter(one => one.productionReady && one.answer !== "not-applicable")
    .reduce<Square | undefined>((least, one) => (least && rank(least) <= rank(one) ? least : one), undefined);
}

/** The best of some answers; `unknown` where there is none, never yes. */
export const bestAnswer = (answers: readonly Answer[]): Answer =>
  Answer.options.find(one => answers.includes(one)) ?? "unknown";
