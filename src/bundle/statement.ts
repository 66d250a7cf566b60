import type { BundleManifest } from "../model/bundle.ts";
import type { Component } from "../model/evidence.ts";
import type { CellVerdict, Verdict } from "../model/verdict.ts";
import { sha256 } from "./digest.ts";

/** Which file of which package, as its distro names them. */
function subjectName({ name, version, path, package: owner }: Component): string {
  const from = owner ? `${owner.name} ${owner.version} ${owner.arch}` : `${name} ${version ?? "of no known version"}`;
  return `${from}: ${path}`;
}

/** The tested files once each, by name; of the same file under test in two cells there is one. */
function subjects(cells: readonly CellVerdict[]) {
  const parts = cells.flatMap(({ components }) => Object.values(components)).filter(part => part !== undefined);
  const named = parts.flatMap(part => (part.sha256 === null ? [] : [[subjectName(part), part.sha256] as const]));
  return [...new Map(named)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hash]) => ({ name, digest: { sha256: hash } }));
}

const results = { pass: "PASSED", fail: "FAILED", error: "WARNED", skip: "WARNED" } as const;

const tests = (verdict: Verdict, ...outcomes: readonly string[]) =>
  verdict.cells.flatMap(({ scenario, checks }) =>
    checks.filter(({ outcome }) => outcomes.includes(outcome)).map(({ id }) => `${scenario}/${id}`),
  );

/**
 * The in-toto statement that is signed: a test result (predicate v0.1) about the files that were tested. Its configuration is the bundle,
 * by the digest of its manifest, which has those of all files, and the list of what was required.
 */
export function statement(manifest: BundleManifest, manifestBytes: Uint8Array, verdict: Verdict): string {
  const { target, arch, required } = manifest;
  return JSON.stringify({
    _type: "https://in-toto.io/Statement/v1",
    subject: subjects(verdict.cells),
    predicateType: "https://in-toto.io/attestation/test-result/v0.1",
    predicate: {
      result: results[verdict.outcome],
      configuration: [
        { name: `${target} ${arch}: manifest.json`, digest: { sha256: sha256(manifestBytes) } },
        { name: `what Kata ${required.kata} requires`, digest: { sha256: required.digest } },
      ],
      passedTests: tests(verdict, "pass"),
      warnedTests: tests(verdict, "error"),
      failedTests: tests(verdict, "fail"),
    },
  });
}
