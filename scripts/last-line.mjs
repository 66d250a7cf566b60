// Prints the counts of the last run of the tests: node scripts/last-line.mjs EXIT_CODE
import { fileURLToPath } from "node:url";
import { counted, lastLine } from "./tally.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
console.log(lastLine(counted(root), process.argv[2] === "0"));
