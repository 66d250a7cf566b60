import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { main } from "../../src/commands/program.ts";
import { folder } from "../images/folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const recorded = join(root, "test", "replay", "debian-13-kata");
const cell = join("amd64", "qemu-distro-kernel");
/** Recordings grow old, and these tests with them: they are not about that. */
const always = ["--max-age", "9999"];

beforeEach(() => vi.stubGlobal("BUILD", { version: "0.1.0", commit: "test" }));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function certify(...argv: readonly string[]) {
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    vi.spyOn(process[name], "write").mockImplementation(text => {
      said[name] += text;
      return true;
    });
  const code = await main(["certify", ...argv, ...always], root);
  vi.restoreAllMocks();
  return { code, ...said };
}

async function bundled(...argv: readonly string[]) {
  const bundle = join(await folder(), "bundle.tar.gz");
  const made = await certify("--from", recorded, "--contact", "me@example.org", "--bundle", bundle, ...argv);
  return { bundle, made };
}

describe("certifying", { timeout: 120_000 }, () => {
  it("makes a bundle of what a run left, and accepts it", async () => {
    const { bundle, made } = await bundled();
    expect(made).toMatchObject({ code: 0, stderr: "" });
    expect(made.stdout).toContain("qemu-distro-kernel: provisional");
    const { code, stdout } = await certify("--check", bundle);
    expect(code).toBe(0);
    expect(stdout).toContain("debian-13 amd64 for Kata 4.0.0: in order, and its claim is what its evidence says");
    expect(stdout).toContain("  - Nobody signed it");
    const listed = execFileSync("tar", ["-tzf", bundle], { encoding: "utf8" }).split("\n");
    expect(listed).toContain("amd64/qemu-distro-kernel/logs/guest-console.log");
  });

  it("signs with a key, and tells it from others", async () => {
    const keys = await folder();
    const [ours, theirs] = [generateKeyPairSync("ed25519"), generateKeyPairSync("ed25519")];
    writeFileSync(join(keys, "key.pem"), ours.privateKey.export({ type: "pkcs8", format: "pem" }));
    writeFileSync(join(keys, "ours.pem"), ours.publicKey.export({ type: "spki", format: "pem" }));
    writeFileSync(join(keys, "theirs.pem"), theirs.publicKey.export({ type: "spki", format: "pem" }));
    const { bundle } = await bundled("--key", join(keys, "key.pem"));
    expect(await certify("--check", bundle, "--key", join(keys, "ours.pem"))).toMatchObject({ code: 0 });
    const other = await certify("--check", bundle, "--key", join(keys, "theirs.pem"));
    expect(other.code).toBe(2);
    expect(other.stdout).toContain("signature.other-key");
    expect((await certify("--check", bundle, "--key", join(root, "package.json"))).stderr).toContain(
      "is not a public key",
    );
  });

  it("leaves a bundle as it is, and puts nothing beside it", async () => {
    const { bundle } = await bundled();
    const before = readFileSync(bundle);
    await certify("--check", bundle);
    expect(Buffer.compare(readFileSync(bundle), before)).toBe(0);
    expect(readdirSync(join(bundle, ".."))).toEqual(["bundle.tar.gz"]);
  });

  it("says what it takes for the exit codes", async () => {
    const { bundle } = await bundled();
    const emulated = await certify("--check", bundle, "--require", "kvm", "--json");
    expect(emulated.code).toBe(3);
    expect(JSON.parse(emulated.stdout)).toMatchObject({ accepted: false, refusals: [{ code: "strict.emulated" }] });
    const { stdout } = await certify("--check", bundle, "--json");
    const { manifest } = JSON.parse(stdout);
    writeFileSync(`${bundle}.known`, `# earlier ones\n${manifest.run} debian-13\n`);
    expect(await certify("--check", bundle, "--known", `${bundle}.known`)).toMatchObject({
      code: 2,
      stdout: expect.stringContaining("evidence.replayed"),
    });
    expect(await certify("--check", bundle, "--challenge", "pull-7")).toMatchObject({ code: 2 });
  });

  it("writes no bundle of a run that failed, or that was changed", async () => {
    const failed = join(await folder(), "failed.tar.gz");
    const from = ["--contact", "me@example.org", "--bundle", failed, "--from"];
    const { code, stdout, stderr } = await certify(...from, join(root, "test", "replay", "debian-12-kata"));
    expect(code).toBe(1);
    expect(stdout).toContain("required.failed: A check that is required failed: qemu-distro-kernel kata.own-kernel");
    expect(stderr).toBe("kata-verify: no bundle was written\n");
    const changed = join(await folder(), "debian-13");
    cpSync(recorded, changed, { recursive: true });
    const journal = join(changed, cell, "journal.ndjson");
    writeFileSync(journal, readFileSync(journal, "utf8").replace('"kvm-emulated"', '"kvm"'));
    expect(await certify(...from, changed)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("journal.broken"),
    });
    expect(existsSync(failed)).toBe(false);
  });

  it.each([
    [[], "certify takes TARGET, --from RESULTS or --check BUNDLE"],
    [["debian-13", "--check", "x"], "certify takes one of"],
    [["debian-13"], "--contact is missing"],
    [["--from", recorded], "--contact is missing"],
    [["--from", recorded, "--contact", "a\nb"], "--contact: a line"],
    [["--from", recorded, "--contact", "me", "--release", "1.0"], "There is no list of what Kata 1.0 requires"],
    [["--check", "/nonexistent"], "/nonexistent: there is no such file"],
    [["--check", root], "is not a regular file"],
  ])("says what is wrong with %j", async (argv, said) => {
    const { code, stderr } = await certify(...argv);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});
