import { openJournal } from "../../src/results/journal.ts";
import { evidence, exited } from "../judge/evidence.ts";

// Writes until it is killed or the disk refuses: node endless-writer.mjs JOURNAL
const [path = ""] = process.argv.slice(2);
const { tool, cell, request } = evidence();
const journal = openJournal(path, () => new Date().toISOString());
journal.emit({ kind: "opened", schemaVersion: 1, tool, cell, request });
process.stdout.write("writing\n");
try {
  for (let step = 0; ; step += 1)
    journal.emit({ kind: "observed", step: `step.${step}`, seen: exited("x".repeat(3000)) });
} catch (cause) {
  journal.close();
  process.stdout.write(`${cause}\n`);
}
