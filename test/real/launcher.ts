/** A program that starts the command line as it was built, wherever the project's folder was brought: `$1`, with a `/` in the end. */
export const launcher = `
import { readFileSync } from "node:fs";
const [root, ...argv] = process.argv.slice(2);
const { folder } = JSON.parse(readFileSync(root + "dist/build.json", "utf8"));
const { main } = await import(root + "dist/" + folder + "/main.js");
process.exitCode = await main(argv, root);
`;
