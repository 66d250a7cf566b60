// Checks the bundles of a commit with the code of this checkout. Nothing of that commit is run, and it says nothing that is believed.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kataVerify, root } from "./kata-verify.mjs";
import { submissionText } from "./submission-text.mjs";
import { submitted } from "./submitted.mjs";
import { scriptEnds } from "./words.mjs";

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function check({ path, trouble, bytes }, folder) {
  if (trouble !== undefined) return { path, trouble, code: 2 };
  const bundle = join(folder, "bundle.tar.gz");
  writeFileSync(bundle, bytes);
  const known = join(root, "submissions", "known.txt");
  const { code, text } = await kataVerify(["certify", "--check", bundle, "--known", known, "--json"], { read: true });
  return { path, code, report: parsed(text) };
}

await scriptEnds(async () => {
  const { HEAD_SHA, OUT = "submission" } = process.env;
  const folder = mkdtempSync(join(tmpdir(), "kata-verify-submission-"));
  try {
    const checked = [];
    for (const one of submitted(HEAD_SHA)) checked.push(await check(one, folder));
    mkdirSync(OUT, { recursive: true });
    writeFileSync(join(OUT, "report.json"), `${JSON.stringify(checked, null, 2)}\n`);
    const text = submissionText(checked);
    writeFileSync(join(OUT, "comment.md"), text);
    console.log(text);
    return checked.length > 0 && checked.every(({ code }) => code === 0) ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
});
