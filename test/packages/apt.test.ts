import { describe, expect, it } from "vitest";
import { Target } from "../../src/model/target.ts";
import { packageManagers } from "../../src/packages/index.ts";
import { exited, recorded } from "./recorded.ts";

const { apt } = packageManagers;

const target = Target.parse({
  id: "debian-13-backports",
  title: "Debian 13 with backports",
  distro: "debian",
  arches: ["amd64"],
  packageManager: "apt",
  image: { reference: "docker.io/library/debian:13" },
  repositories: [{ suite: "trixie-backports", components: ["main", "contrib"], prefer: true }],
  packages: { vmm: {}, virtiofsd: [], kernel: {} },
  sources: [{ fact: "all", from: "test" }],
});

describe("apt's commands", () => {
  it("adds no repository where the target names none", () => {
    expect(apt.configure({ ...target, repositories: [] })).toBeNull();
  });

  it("passes suites as arguments, with no address in them", () => {
    const command = apt.configure(target);
    expect(command?.argv.slice(3)).toEqual(["sh", "trixie-backports", "main contrib", "yes"]);
    expect(command?.argv.join()).not.toMatch(/https?:/);
  });

  it("installs without recommended packages, asking nothing", () => {
    const { argv, env } = apt.install(["qemu-system-x86", "virtiofsd"]);
    expect(argv).toContain("--no-install-recommends");
    expect(argv.slice(-3)).toEqual(["--", "qemu-system-x86", "virtiofsd"]);
    expect(env).toMatchObject({ DEBIAN_FRONTEND: "noninteractive", INITRD: "No" });
  });
});

describe("what apt says of repositories", () => {
  const backports = { name: "Debian Backports trixie-backports/main", own: true };

  it("takes the candidate from the preferred suite, the rest from the release", () => {
    const policy = apt.readPolicy(recorded("apt-policy-backports"), target);
    expect(policy.get("qemu-system-x86")).toEqual({ candidate: "1:11.1.3+ds-1~bpo13+1", repository: backports });
    expect(policy.get("virtiofsd")?.repository).toEqual({ name: "Debian trixie/main", own: true });
  });

  it("tells a name that nobody has from one that nobody provides", () => {
    const policy = apt.readPolicy(recorded("apt-policy-backports"), target);
    expect(policy.has("cloud-hypervisor")).toBe(false);
    expect(policy.get("awk")).toEqual({ candidate: null, repository: null });
  });

  it("finds no virtiofsd in bookworm with backports", () => {
    expect(apt.readPolicy(recorded("apt-policy-bookworm-backports"), target).has("virtiofsd")).toBe(false);
  });

  it("names where the installed version is from", () => {
    const from = apt.readRepositories(recorded("apt-policy-backports"), target);
    expect(from.get("linux-image-amd64")).toEqual(backports);
  });

  it("knows no repository of a local package", () => {
    const from = apt.readRepositories(recorded("apt-policy-local"), target);
    expect(from.get("kv-other")).toBeNull();
    expect(from.get("qemu-system-x86")).toMatchObject({ own: true });
  });

  it("calls a third party's repository not the distro's own", () => {
    const said = [
      " 500 repository-1: noble/main amd64 Packages",
      "     release v=24.04,o=LP-PPA-someone,a=noble,n=noble,l=someone,c=main,b=amd64",
      "\u001e",
      "qemu-system-x86:",
      "  Installed: 1",
      "  Candidate: 1",
      "  Version table:",
      " *** 1 500",
      "        500 repository-1: noble/main amd64 Packages",
      "        100 /var/lib/dpkg/status",
      "",
    ].join("\n");
    const from = apt.readRepositories(exited(0, said), { ...target, distro: "ubuntu" });
    expect(from.get("qemu-system-x86")).toEqual({ name: "LP-PPA-someone noble/main", own: false });
  });

  it("keeps addresses out of the evidence", () => {
    expect(recorded("apt-policy-backports").stdout).not.toMatch(/:\/\//);
  });
});

describe("apt's packages", () => {
  it("reads the manifest, and leaves out what is not installed", () => {
    const said = "installed\tbash\t5.2.37-2+b10\tamd64\nconfig-files\told\t1\tamd64\n";
    expect(apt.readInstalled(exited(0, said))).toEqual([
      { name: "bash", version: "5.2.37-2+b10", arch: "amd64", repository: null },
    ]);
  });
});
