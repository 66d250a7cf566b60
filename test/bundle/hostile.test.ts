import { generateKeyPairSync } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { archive } from "../../src/bundle/archive.ts";
import { checkBundle, type Terms } from "../../src/bundle/check.ts";
import { gunzip, gzip } from "../../src/bundle/gzip.ts";
import { limits } from "../../src/bundle/limits.ts";
import { bundleBytes } from "../../src/bundle/pack.ts";
import { nonces } from "../../src/bundle/replayed.ts";
import { type RefusalCode, refusals } from "../../src/model/refusal.ts";
import { type Lines, linesOf, madeUp, rechained, relisted, replaced, restated, shownAs, twice } from "./forged.ts";
import { cellOf, goodFiles, goodRuns, journalOf, terms } from "./good.ts";
import { rawBundle, rawMember } from "./raw-tar.ts";

const cell = "amd64/qemu-distro-kernel";
const journal = `${cell}/journal.ndjson`;
const [ours, theirs] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const good = (): Uint8Array => bundleBytes(goodFiles());
const signedFiles = () => goodFiles(goodRuns[0], { key: ours.privateKey });
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const bytes = (written: string): Uint8Array => new TextEncoder().encode(written);

/** The envelope of a signed bundle, changed. */
function envelope(
  change: (from: { payload: string; payloadType: string; signatures: object[] }) => object,
): Uint8Array {
  const files = signedFiles();
  const changed = change(JSON.parse(text(files.get("signature.dsse.json"))));
  return bundleBytes(files.set("signature.dsse.json", bytes(`${JSON.stringify(changed)}\n`)));
}

/** A journal in a bundle whose other files are still those of the true one. */
const journalIs = (change: (lines: string[]) => string[]): Uint8Array =>
  replaced(journal, whole => `${change(whole.trimEnd().split("\n")).join("\n")}\n`);

const fact =
  (name: string, change: (value: never) => unknown) =>
  (lines: Lines): Lines =>
    lines.map(line =>
      line.event.kind === "fact" && line.event.name === name
        ? { ...line, event: { ...line.event, value: change(line.event.value as never) } }
        : line,
    );

const opened =
  (change: (event: never) => object) =>
  (lines: Lines): Lines =>
    lines.map((line, at) => (at === 0 ? ({ ...line, event: change(line.event as never) } as Lines[number]) : line));

const at = (offset: number, value: number, of: Uint8Array = good()): Uint8Array => {
  const changed = Uint8Array.from(of);
  changed[offset < 0 ? changed.length + offset : offset] = value;
  return changed;
};

interface Case {
  readonly what: string;
  readonly code: RefusalCode;
  readonly make: () => Uint8Array;
  readonly terms?: Partial<Terms>;
}

const cases: readonly Case[] = [
  { what: "an empty file", code: "bundle.not-gzip", make: () => new Uint8Array() },
  { what: "a zip", code: "bundle.not-gzip", make: () => bytes("PK\u0003\u0004 and so on, for a while") },
  { what: "a name in the gzip header", code: "bundle.not-gzip", make: () => at(3, 8) },
  { what: "17 MiB", code: "bundle.too-large", make: () => new Uint8Array(limits.compressed + 1) },
  { what: "half a bundle", code: "bundle.corrupt", make: () => good().subarray(0, 9000) },
  { what: "a wrong checksum", code: "bundle.corrupt", make: () => at(-6, 1 ^ (good().at(-6) ?? 0)) },
  { what: "no checksum", code: "bundle.corrupt", make: () => good().subarray(0, -8) },
  { what: "a thousandfold bomb", code: "bundle.bomb", make: () => gzip(new Uint8Array(limits.unpacked / 2)) },
  {
    what: "a bomb that keeps to the ratio",
    code: "bundle.bomb",
    make: () => Buffer.concat([gzip(new Uint8Array(limits.unpacked + 1)), Buffer.alloc(2 ** 20)]),
  },
  { what: "a second gzip member", code: "bundle.trailing", make: () => Buffer.concat([good(), gzipSync("x")]) },
  { what: "a byte behind it", code: "bundle.trailing", make: () => Buffer.concat([good(), bytes("\n")]) },
  { what: "text in place of an archive", code: "archive.corrupt", make: () => gzip(bytes("hello")) },
  {
    what: "a symbolic link",
    code: "archive.link",
    make: () => rawBundle({ name: "a", type: "2", target: "/etc/passwd" }),
  },
  {
    what: "a hard link",
    code: "archive.link",
    make: () => rawBundle({ name: "a", type: "1", target: "manifest.json" }),
  },
  { what: "a device", code: "archive.kind", make: () => rawBundle({ name: "a", type: "3" }) },
  { what: "a named pipe", code: "archive.kind", make: () => rawBundle({ name: "a", type: "6" }) },
  {
    what: "a long name by PAX",
    code: "archive.kind",
    make: () => rawBundle({ name: "a", type: "x", body: "9 path=b\n" }),
  },
  { what: "a long name by GNU", code: "archive.kind", make: () => rawBundle({ name: "a", type: "L", body: "../b" }) },
  { what: "a sparse file", code: "archive.kind", make: () => rawBundle({ name: "a", type: "S" }) },
  { what: "a way out", code: "archive.path", make: () => rawBundle({ name: "../../etc/cron.d/x" }) },
  { what: "a way out in the middle", code: "archive.path", make: () => rawBundle({ name: "amd64/../../x" }) },
  { what: "an absolute name", code: "archive.path", make: () => rawBundle({ name: "/etc/passwd" }) },
  { what: "a hidden name", code: "archive.path", make: () => rawBundle({ name: ".git/hooks" }) },
  { what: "a name of Windows", code: "archive.path", make: () => rawBundle({ name: "..\\x" }) },
  { what: "a name with a line feed", code: "archive.path", make: () => rawBundle({ name: "a\n::set-output" }) },
  { what: "a name in two parts", code: "archive.path", make: () => rawBundle({ name: "a", prefix: "../.." }) },
  { what: "a name below names", code: "archive.path", make: () => rawBundle({ name: "a/b/c/d/e" }) },
  { what: "a name twice", code: "archive.duplicate", make: () => rawBundle({ name: "a" }, { name: "a", body: "b" }) },
  {
    what: "a file of 9 MiB",
    code: "archive.file-too-large",
    make: () => rawBundle({ name: "a", size: "00044000000" }),
  },
  { what: "a size in binary", code: "archive.corrupt", make: () => rawBundle({ name: "a", size: "\u0000\u0001" }) },
  { what: "a negative size", code: "archive.corrupt", make: () => rawBundle({ name: "a", size: "-0000000001" }) },
  { what: "a size beyond the end", code: "archive.corrupt", make: () => rawBundle({ name: "a", size: "00000010000" }) },
  {
    what: "very many files",
    code: "archive.too-many",
    make: () => rawBundle(...Array.from({ length: limits.members + 1 }, (_, n) => ({ name: `n${n}` }))),
  },
  { what: "another mode", code: "archive.form", make: () => rawBundle({ name: "a", mode: "0004755" }) },
  { what: "another order", code: "archive.form", make: () => rawBundle({ name: "b" }, { name: "a" }) },
  { what: "no parent folder", code: "archive.form", make: () => rawBundle({ name: "a/b" }) },
  {
    what: "something behind the archive's end",
    code: "archive.form",
    make: () => gzip(Buffer.concat([gunzip(good()), rawMember({ name: "z" })])),
  },
  {
    what: "a file that is a folder as well",
    code: "archive.form",
    make: () => rawBundle({ name: "a" }, { name: "a/b" }),
  },
  { what: "an archive of nothing", code: "manifest.missing", make: () => rawBundle() },
  { what: "no manifest", code: "manifest.missing", make: () => rawBundle({ name: "verdict.json" }) },
  {
    what: "a manifest that is no JSON",
    code: "manifest.unreadable",
    make: () => rawBundle({ name: "manifest.json", body: "{" }),
  },
  {
    what: "a manifest nested for ever",
    code: "manifest.unreadable",
    make: () => rawBundle({ name: "manifest.json", body: "[".repeat(200_000) }),
  },
  {
    what: "a manifest that lacks",
    code: "manifest.unreadable",
    make: () => rawBundle({ name: "manifest.json", body: "{}\n" }),
  },
  {
    what: "a manifest in another form",
    code: "manifest.unreadable",
    make: () => bundleBytes(goodFiles().set("manifest.json", bytes(`${text(goodFiles().get("manifest.json"))} `))),
  },
  {
    what: "a file that is not there",
    code: "file.missing",
    make: () => {
      const files = goodFiles();
      files.delete(`${cell}/evidence.json`);
      return bundleBytes(files);
    },
  },
  {
    what: "a file that nobody lists",
    code: "file.unlisted",
    make: () => bundleBytes(goodFiles().set("read.me", bytes("x"))),
  },
  {
    what: "a file with another content",
    code: "file.digest",
    make: () => bundleBytes(goodFiles().set("verdict.json", bytes("{}"))),
  },
  {
    what: "a manifest that lists itself",
    code: "file.missing",
    make: () =>
      restated(from => ({
        ...from,
        files: [...from.files, { path: "manifest.json", size: 1, sha256: "0".repeat(64) }],
      })),
  },
  {
    what: "a listed file of no run",
    code: "evidence.differs",
    make: () => bundleBytes(relisted(goodFiles().set("read.me", bytes("x")))),
  },
  {
    what: "an edited log",
    code: "evidence.differs",
    make: () => replaced(`${cell}/logs/guest-console.log`, log => `${log}all is well\n`),
  },
  {
    what: "an edited evidence.json",
    code: "evidence.differs",
    make: () => replaced(`${cell}/evidence.json`, all => all.replace('"kvm-emulated"', '"kvm"')),
  },
  {
    what: "an edited list of packages",
    code: "evidence.differs",
    make: () => replaced(`${cell}/manifest.json`, all => all.replace("trixie/main", "trixie/mine")),
  },
  {
    what: "another run's name",
    code: "evidence.differs",
    make: () => restated(from => ({ ...from, run: "0".repeat(64) })),
  },
  {
    what: "an edited journal line",
    code: "journal.broken",
    make: () => journalIs(lines => lines.map((line, n) => (n === 9 ? line.replace(/\d\dZ/, "00Z") : line))),
  },
  {
    what: "a journal without a line",
    code: "journal.broken",
    make: () => journalIs(lines => lines.filter((_, n) => n !== 40)),
  },
  {
    what: "a journal with two lines turned round",
    code: "journal.broken",
    make: () => journalIs(([a = "", b = "", c = "", ...rest]) => [a, c, b, ...rest]),
  },
  { what: "a journal without its end", code: "journal.unfinished", make: () => madeUp(lines => lines.slice(0, -1)) },
  {
    what: "a journal whose last line is torn",
    code: "journal.unfinished",
    make: () => replaced(journal, all => all.slice(0, -20)),
  },
  {
    what: "a journal that goes on after its end",
    code: "journal.unfinished",
    make: () => madeUp(lines => [...lines, ...lines.slice(-2, -1)]),
  },
  { what: "an empty journal", code: "journal.unreadable", make: () => replaced(journal, () => "") },
  { what: "a journal that is no JSON", code: "journal.unreadable", make: () => replaced(journal, () => "hello\n") },
  {
    what: "a journal that is no UTF-8",
    code: "journal.unreadable",
    make: () => bundleBytes(relisted(goodFiles().set(journal, Uint8Array.of(0xff, 10)))),
  },
  {
    what: "no journal",
    code: "journal.unreadable",
    make: () => {
      const files = goodFiles();
      files.delete(journal);
      return bundleBytes(relisted(files));
    },
  },
  {
    what: "a journal whose times go back",
    code: "journal.times",
    make: () =>
      madeUp(lines => lines.map((line, n) => (n === 30 ? { ...line, at: "2026-11-22T00:00:00.000Z" } : line))),
  },
  {
    what: "a run that ended after its bundle was made",
    code: "journal.times",
    make: () => restated(from => ({ ...from, createdAt: "2026-11-23T00:00:00.000Z" })),
  },
  { what: "evidence of another scenario", code: "evidence.elsewhere", make: () => shownAs("amd64/qemu-kata-kernel") },
  {
    what: "evidence of another architecture",
    code: "evidence.elsewhere",
    make: () => shownAs("arm64/qemu-distro-kernel"),
  },
  {
    what: "evidence of another target",
    code: "evidence.elsewhere",
    make: () => restated(from => ({ ...from, target: "fedora-44" })),
  },
  { what: "one guest for two cells", code: "evidence.twice", make: twice },
  {
    what: "a run that was submitted before",
    code: "evidence.replayed",
    make: good,
    terms: { known: new Set([JSON.parse(text(goodFiles().get("manifest.json"))).run]) },
  },
  {
    what: "a guest that was shown before, by a run of other times",
    code: "evidence.replayed",
    make: () => madeUp(lines => lines.map(line => ({ ...line, at: line.at.replace(/\.\d{3}Z$/, ".000Z") }))),
    terms: { known: new Set([nonces(cellOf(journalOf(goodRuns[0])))[0] ?? "none"]) },
  },
  { what: "a run of last year", code: "evidence.too-old", make: good, terms: { now: "2027-11-23T00:00:00.000Z" } },
  { what: "a run of next year", code: "evidence.future", make: good, terms: { now: "2025-11-23T00:00:00.000Z" } },
  {
    what: "no challenge where one is asked for",
    code: "challenge.differs",
    make: good,
    terms: { challenge: "pull-7" },
  },
  {
    what: "a challenge that the run did not have",
    code: "challenge.differs",
    make: () => restated(from => ({ ...from, challenge: "pull-7" })),
  },
  { what: "a target of no catalog", code: "catalog.unknown", make: good, terms: { targets: [] } },
  {
    what: "a target with other packages",
    code: "catalog.differs",
    make: () =>
      madeUp(
        opened(({ cell: { target, ...rest }, ...event }: { cell: { target: { packages: object } } }) => ({
          ...event,
          cell: { ...rest, target: { ...target, packages: { ...target.packages, virtiofsd: ["mine"] } } },
        })),
      ),
  },
  { what: "a list that nobody has", code: "required.unknown", make: good, terms: { lists: [] } },
  {
    what: "another list under its name",
    code: "required.differs",
    make: () => restated(from => ({ ...from, required: { ...from.required, digest: "0".repeat(64) } })),
  },
  {
    what: "a scenario that asks for less",
    code: "required.missing",
    make: () =>
      madeUp(
        opened(({ cell: { scenario, ...rest }, ...event }: { cell: { scenario: object } }) => ({
          ...event,
          cell: { ...rest, scenario: { ...scenario, workloads: ["console"], containers: ["exec"] } },
        })),
      ),
  },
  {
    what: "a run that stopped at the guest tier",
    code: "required.missing",
    make: () =>
      madeUp(
        opened(({ request, ...event }: { request: object }) => ({ ...event, request: { ...request, tier: "guest" } })),
      ),
  },
  {
    what: "a run without what it saw of vsock",
    code: "required.untold",
    make: () =>
      madeUp(lines => lines.filter(({ event }) => !(event.kind === "observed" && event.step === "guest.vsock"))),
  },
  {
    what: "a run of what failed",
    code: "required.failed",
    make: () => {
      const own = cellOf(rechained(linesOf("debian-12-kata")));
      expect(own.evidence.cell.target.id).toBe("debian-12");
      return bundleBytes(goodFiles("debian-12-kata"));
    },
  },
  {
    what: "an emulated processor where KVM is asked for",
    code: "strict.emulated",
    make: good,
    terms: { requireKvm: true },
  },
  {
    what: "an emulated processor where the run asked for KVM",
    code: "strict.emulated",
    make: () =>
      madeUp(
        opened(({ request, ...event }: { request: object }) => ({
          ...event,
          request: { ...request, requireKvm: true },
        })),
      ),
  },
  {
    what: "a package that was given by hand",
    code: "strict.candidate",
    make: () => madeUp(fact("packages", ([first, ...rest]: object[]) => [{ ...first, candidate: true }, ...rest])),
  },
  {
    what: "a VMM that is newer than its package",
    code: "version.implausible",
    make: () =>
      madeUp(
        fact("components", ({ vmm, ...rest }: { vmm: object }) => ({ ...rest, vmm: { ...vmm, version: "99.1.0" } })),
      ),
  },
  {
    what: "another release of Kata's",
    code: "version.implausible",
    make: () => madeUp(fact("kata", (kata: object) => ({ ...kata, version: "3.2.0" }))),
  },
  {
    what: "a claim that says more",
    code: "claim.differs",
    make: () =>
      restated(from => ({ ...from, claim: from.claim.map(one => ({ ...one, standing: "supported" as const })) })),
  },
  {
    what: "a verdict that says more",
    code: "claim.differs",
    make: () => replaced("verdict.json", all => all.replace('"provisional"', '"supported"')),
  },
  {
    what: "a password in a log",
    code: "secret.left",
    make: () =>
      madeUp(lines =>
        lines.toSpliced(-1, 0, {
          ...(lines.at(-2) as Lines[number]),
          event: { kind: "noted", note: "https://me:hunter2@example.org/" },
        }),
      ),
  },
  { what: "this machine's name", code: "secret.left", make: good, terms: { names: ["kvm-emulated"] } },
  {
    what: "an unsigned bundle where a key is known",
    code: "signature.missing",
    make: good,
    terms: { key: ours.publicKey },
  },
  {
    what: "a signature that was taken off",
    code: "signature.missing",
    make: () => {
      const files = signedFiles();
      files.delete("signature.dsse.json");
      return bundleBytes(files);
    },
  },
  {
    what: "a stranger's signature",
    code: "signature.other-key",
    make: () => bundleBytes(signedFiles()),
    terms: { key: theirs.publicKey },
  },
  { what: "a signature that is no envelope", code: "signature.unreadable", make: () => envelope(() => ({})) },
  {
    what: "a signature with bits that say nothing",
    code: "signature.unreadable",
    make: () => envelope(from => ({ ...from, payload: from.payload.replace(/(.)=+$/, "$1") })),
  },
  {
    what: "two signatures",
    code: "signature.unreadable",
    make: () => envelope(from => ({ ...from, signatures: [...from.signatures, ...from.signatures] })),
  },
  {
    what: "a signature of another type",
    code: "signature.unreadable",
    make: () => envelope(from => ({ ...from, payloadType: "text/plain" })),
  },
  {
    what: "a signature of nothing",
    code: "signature.wrong",
    make: () => envelope(from => ({ ...from, signatures: [{ ...from.signatures[0], sig: "" }] })),
  },
  {
    what: "a signature over another statement",
    code: "signature.wrong",
    make: () => envelope(from => ({ ...from, payload: btoa("{}") })),
  },
  {
    what: "the signature of another bundle of the same signer",
    code: "signature.statement",
    make: () => {
      const other = goodFiles(goodRuns[1], { key: ours.privateKey });
      return bundleBytes(signedFiles().set("signature.dsse.json", other.get("signature.dsse.json") ?? bytes("")));
    },
  },
  {
    what: "a manifest that names a key of another kind",
    code: "signature.wrong",
    make: () =>
      restated(
        from => ({
          ...from,
          signer: { keyId: "0".repeat(64), publicKey: rsa.publicKey.export({ type: "spki", format: "pem" }) },
        }),
        signedFiles(),
      ),
  },
];

describe("a bundle with", () => {
  it.each(cases)("$what is refused: $code", { timeout: 60_000 }, ({ code, make, terms: own }) => {
    const { refusals: found, review } = checkBundle(make(), { ...terms, ...own });
    expect(found.map(one => one.code)).toContain(code);
    expect(review).toEqual([]);
  });
});

it("is refused with every reason that there is", () => {
  expect(cases.length).toBeGreaterThanOrEqual(25);
  const met = new Set(cases.map(({ code }) => code));
  expect(Object.keys(refusals).filter(code => !met.has(code as RefusalCode))).toEqual([]);
});

it("is otherwise accepted", () => {
  expect(checkBundle(good(), terms).refusals).toEqual([]);
  expect(checkBundle(gzip(archive(signedFiles())), { ...terms, key: ours.publicKey }).refusals).toEqual([]);
});
