import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";

/** What a later step reads as `steps.ID.outputs.NAME`. A delimiter that nobody can guess, so that no value ends itself. */
export function setOutputs(outputs, env = process.env) {
  if (!env.GITHUB_OUTPUT) return;
  const mark = randomUUID();
  const lines = Object.entries(outputs).map(([name, value]) => `${name}<<${mark}\n${value}\n${mark}\n`);
  appendFileSync(env.GITHUB_OUTPUT, lines.join(""));
}

const inert = text =>
  text
    .replace(/##\w*\[/g, "# $&")
    .replaceAll("%", "%25")
    .replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A");

/** An annotation of the run; the text is of no other command, whatever is in it. */
export const sayError = text => console.log(`::error::${inert(text)}`);
export const sayWarning = text => console.log(`::warning::${inert(text)}`);
