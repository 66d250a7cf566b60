import { describe, expect, it } from "vitest";
import { packageManagers } from "../../src/packages/index.ts";
import { exited, recorded } from "./recorded.ts";

const { apt, dnf } = packageManagers;

describe("why apt failed", () => {
  it.each([
    [
      "dpkg: error processing package x (--configure):\n old x package subprocess was killed by signal (Killed)",
      "infra.memory",
    ],
    ["dpkg: error: unable to fork", "infra.memory"],
    [
      "dpkg: unrecoverable fatal error, aborting:\n cannot write to /var/lib/dpkg: Input/output error",
      "infra.testbed-gone",
    ],
    ["mkdir: cannot create directory '/x': Read-only file system", "infra.testbed-gone"],
  ])("%s is no package's doing", (words, code) => {
    const stderr = `${words}\nE: Sub-process /usr/bin/dpkg returned an error code (1)\n`;
    expect(apt.diagnose(exited(100, "", stderr))?.code).toBe(code);
  });

  it.each([
    ["apt-expired", "infra.mirror-stale"],
    ["apt-expired-bookworm-apt", "infra.mirror-stale"],
    ["mmdebstrap-expired", "infra.mirror-stale"],
    ["apt-refused", "infra.mirror-down"],
    ["apt-unresolved", "infra.mirror-down"],
    ["apt-no-network", "infra.mirror-down"],
    ["apt-no-release", "infra.mirror-down"],
    ["apt-package-gone", "infra.mirror-down"],
    ["apt-hash-mismatch", "infra.mirror-corrupt"],
    ["apt-unexpected-size", "infra.mirror-corrupt"],
    ["apt-package-corrupt", "infra.mirror-corrupt"],
    ["apt-unsigned", "infra.mirror-corrupt"],
    ["apt-bad-signature", "infra.mirror-corrupt"],
    ["apt-bad-signature-bookworm-apt", "infra.mirror-corrupt"],
    ["apt-no-key", "infra.mirror-corrupt"],
    ["apt-lists-full", "infra.disk-full"],
    ["apt-cache-full", "infra.disk-full"],
    ["apt-unpack-full", "infra.disk-full"],
    ["apt-unmet", "package.uninstallable"],
    ["apt-conflict", "package.uninstallable"],
    ["apt-postinst", "package.uninstallable"],
    ["apt-unknown-package", "package.uninstallable"],
  ])("%s: %s", (name, code) => {
    const reason = apt.diagnose(recorded(name));
    expect(reason).toMatchObject({ code });
    expect(reason?.detail).not.toBe("");
  });

  // mmdebstrap 1.3.5 for a user who is not root, without newuidmap and without a range of user ids.
  it.each([
    "E: unable to pick chroot mode automatically (use --mode for manual selection)",
    "E: newuidmap 4711 0 1000 1 1 100000 65536 failed: Operation not permitted",
    "W: no entry in /etc/subuid for kv\nE: failed to parse /etc/subuid and /etc/subgid",
    "W: /etc/subuid does not contain an entry for kv",
  ])("is no privilege where mmdebstrap says %s", stderr => {
    expect(apt.diagnose(exited(1, "", stderr))).toMatchObject({ code: "infra.no-privilege" });
  });

  it("does not diagnose what went well", () => {
    expect(apt.diagnose(exited(0, "", "W: Failed to fetch something optional"))).toBeNull();
  });

  it("does not guess at a text that it does not know", () => {
    expect(apt.diagnose(exited(100, "", "E: The moon is in the wrong quarter"))).toBeNull();
  });

  it("calls a time-out slow only when nothing else explains it", () => {
    const late = { ...exited(0), ending: { kind: "timedOut" as const, afterMs: 5 } };
    expect(apt.diagnose(late)).toMatchObject({ code: "infra.slow" });
    expect(apt.diagnose({ ...late, stderr: "Temporary failure resolving 'mirror.invalid'" })).toMatchObject({
      code: "infra.mirror-down",
    });
  });

  it("keeps the mirror's address out of the reason", () => {
    const { detail } = apt.diagnose(recorded("apt-unresolved")) ?? {};
    expect(detail).toContain("MIRROR/dists/trixie/InRelease");
    expect(detail).not.toContain("mirror.invalid");
  });
});

describe("why dnf failed", () => {
  it.each([
    ["dnf-refused", "infra.mirror-down"],
    ["dnf-no-metadata", "infra.mirror-down"],
    ["dnf-metadata-corrupt", "infra.mirror-corrupt"],
    ["dnf-package-corrupt", "infra.mirror-corrupt"],
    ["dnf-unmet", "package.uninstallable"],
    ["dnf-unknown-package", "package.uninstallable"],
  ])("%s: %s", (name, code) => {
    expect(dnf.diagnose(recorded(name))).toMatchObject({ code });
  });

  it.each([
    ["Error: GPG check FAILED", "infra.mirror-corrupt"],
    ["Failed to resolve the transaction:\nNo match for argument: qemu-kvm", "package.uninstallable"],
    [">>> Status code: 404 for MIRROR/repodata/repomd.xml", "infra.mirror-down"],
    ["At least 512MB more space needed on the / filesystem.", "infra.disk-full"],
  ])("%s", (text, code) => {
    expect(dnf.diagnose(exited(1, "", text))).toMatchObject({ code });
  });
});
