/** The styles that our reports use; names of node:util's styleText. */
export type Style = "bold" | "red" | "green" | "yellow" | "magenta" | "cyan" | "gray";

/** Puts a style on plain text; the door knows whether its stream shows any. */
export type Paint = (style: Style, text: string) => string;

export const unpainted: Paint = (_, text) => text;
