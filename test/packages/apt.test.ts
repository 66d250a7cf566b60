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

  const main = " 500 repository-1: trixie/main amd64 Packages";
  const ppa = " 500 repository-2: trixie/main amd64 Packages";
  const sid = " 500 repository-3: sid/main amd64 Packages";
  const table = (candidate: string, ...versions: string[]) =>
    [
      ...[main, "     release v=13.7,o=Debian,a=stable,n=trixie,l=Debian,c=main,b=amd64"],
      ...[ppa, "     release o=LP-PPA-someone,a=trixie,n=trixie,c=main,b=amd64"],
      ...[sid, "     release o=Debian,a=unstable,n=sid,c=main,b=amd64"],
      ...[
        "\u001e",
        "qemu-system-x86:",
        "  Installed: 2",
        `  Candidate: ${candidate}`,
        "  Version table:",
        ...versions,
        "",
      ],
    ].join("\n");
  const installed = " *** 2 100\n        100 /var/lib/dpkg/status";
  const of = (version: string, index: string, priority = "500") => `     ${version} ${priority}\n       ${index}`;

  it.each([
    [
      "the distro has gone on",
      table("3", of("3", main), installed),
      { version: "3", repository: "Debian trixie/main" },
    ],
    ["it is newer than what the distro has", table("2", installed, of("1", main)), undefined],
    ["no repository knows it", table("2", installed), undefined],
    ["what is newer is a third party's", table("3", of("3", ppa), installed), undefined],
    ["an update would not take what is newer", table("2", of("4", sid), installed, of("1", main)), undefined],
    ["an update would take the older of two", table("3", of("4", sid), of("3", main), installed), { version: "3" }],
    ["it is not installed", table("3", of("3", main)), undefined],
    ["others get it already", table("2", of("3", main, "1 (phased 20%)"), installed), { version: "3", phased: true }],
    ["so does this machine", table("3", of("3", main, "500 (phased 20%)"), installed), { version: "3" }],
    [
      "others get one, and this machine one between",
      table("3", of("4", main, "1 (phased 20%)"), of("3", main), installed),
      { version: "3" },
    ],
    ["others get what is a third party's", table("2", of("3", ppa, "1 (phased 20%)"), installed), undefined],
    [
      "what is installed is in a repository too",
      table("3", of("3", main), ` *** 2 500\n       ${main}`),
      { version: "3" },
    ],
  ])("knows what an update would bring: %s", (_, said, update) => {
    const found = apt.readUpdates(exited(0, said), target).get("qemu-system-x86");
    expect(found && { ...found, repository: found.repository.name }).toEqual(
      update && { repository: "Debian trixie/main", ...update },
    );
  });

  it("knows an installed version that others do not get yet", () => {
    const said = table("2", ` *** 2 500 (phased 50%)\n       ${main}`, of("1", sid));
    const seen = exited(0, said);
    expect(apt.readRepositories(seen, target).get("qemu-system-x86")?.name).toBe("Debian trixie/main");
    expect(apt.readUpdates(seen, target).size).toBe(0);
  });

  it("tells how to update, with what is kept from this machine as yet", () => {
    const update = { version: "3", repository: { name: "Ubuntu noble-updates/main", own: true } };
    expect(apt.update("seabios", update)).toBe("apt-get update && apt-get install --only-upgrade seabios");
    expect(apt.update("seabios", { ...update, phased: true })).toMatch(/ -o \S+Include-Phased-Updates=true install /);
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
