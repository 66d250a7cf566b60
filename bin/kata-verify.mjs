#!/usr/bin/env node
// What an old Node cannot parse stays out of this file, so that it can still say that it is too old.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const { engines, version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));

function isOlder(found, wanted) {
  const [a, b] = [found, wanted].map(text => text.split(".").map(Number));
  const differs = a.findIndex((part, index) => part !== b[index]);
  return differs >= 0 && a[differs] < b[differs];
}

function builtFrom() {
  try {
    return ` (${JSON.parse(readFileSync(`${root}dist/build.json`, "utf8")).commit})`;
  } catch (_) {
    return "";
  }
}

/** Loading the parser to say what the last build has said takes a third of the time of --help. */
const asksForHelp = argv => argv.length === 1 && argv[0] === "--help" && (process.stdout.columns ?? 80) >= 80;

async function start() {
  const { helpText, ready } = await import("../scripts/ready.mjs");
  const argv = process.argv.slice(2);
  const text = asksForHelp(argv) ? helpText(root) : undefined;
  if (text !== undefined) {
    console.log(text.trimEnd());
    return;
  }
  const { main } = await import(await ready(root, "main", argv.includes("--help")));
  process.exitCode = await main(argv, root);
}

const wanted = engines.node.replace(">=", "");
if (isOlder(process.versions.node, wanted)) {
  console.error(`kata-verify: Node ${wanted} or newer is needed, this is ${process.versions.node}`);
  process.exitCode = 2;
} else if (process.argv.length === 3 && process.argv[2] === "--version") {
  console.log(`${version}${builtFrom()}`);
} else {
  start().catch(error => {
    console.error(error.name === "NotReady" ? `kata-verify: ${error.message}` : error);
    process.exitCode = error.name === "NotReady" ? 2 : 70;
  });
}
