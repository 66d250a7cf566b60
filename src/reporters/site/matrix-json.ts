import { Matrix } from "../../model/matrix.ts";
import { arrangedJson } from "../text/arranged.ts";

/** `matrix.json`: the same bytes for equal matrices. */
export const matrixJson: (matrix: Matrix) => string = arrangedJson(Matrix);
