/** A mistake in what a step was given. Exit code 2, as of kata-verify. */
export class BadInput extends Error {
  name = "BadInput";
}

const word = /^[a-z0-9]+(-[a-z0-9.]+)*$/;

/** Ids of targets or scenarios, with blanks between; nothing that a program could take for an option or a shell for its own. */
export function ids(name, text = "") {
  const all = text.split(/\s+/).filter(one => one !== "");
  const wrong = all.find(one => !word.test(one));
  if (wrong !== undefined) throw new BadInput(`${name}: ${JSON.stringify(wrong)} is no id, such as debian-13`);
  return all;
}

/** One of these words; the first where nothing is said. */
export function oneOf(name, words, text = "") {
  if (text === "") return words[0];
  if (!words.includes(text)) throw new BadInput(`${name}: ${JSON.stringify(text)} is none of ${words.join(", ")}`);
  return text;
}

export const tiers = ["kata", "guest", "contract"];
export const arches = ["amd64", "arm64"];

/** Runs a script to its exit code; only a mistake in its input is expected. */
export async function scriptEnds(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(error instanceof BadInput ? `kata-verify: ${error.message}` : error);
    process.exitCode = error instanceof BadInput ? 2 : 70;
  }
}
