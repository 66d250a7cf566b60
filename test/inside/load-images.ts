import { createReadStream } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import Docker from "dockerode";
import { Entry } from "../../src/images/entry.ts";
import { loadImage } from "../real/load-image.ts";

// Brings images into the engine of DOCKER_HOST: each NAME.json is what the other cache knew, each NAME.tar what its engine saved.
const [from = "", cache = ""] = process.argv.slice(2);
const into = new Docker();
for (const file of (await readdir(from)).filter(name => name.endsWith(".json")).sort()) {
  const entry = Entry.parse(JSON.parse(await readFile(join(from, file), "utf8")));
  await loadImage(into, createReadStream(join(from, file.replace(/json$/, "tar"))), entry, { folder: cache });
  process.stdout.write(`${entry.kind} of ${entry.of}\n`);
}
