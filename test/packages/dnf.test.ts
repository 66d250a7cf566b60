import { describe, expect, it } from "vitest";
import { Target } from "../../src/model/target.ts";
import { packageManagers } from "../../src/packages/index.ts";
import { exited, recorded } from "./recorded.ts";

const { dnf } = packageManagers;

const target = Target.parse({
  id: "fedora-33",
  title: "Fedora 33",
  distro: "fedora",
  arches: ["amd64"],
  packageManager: "dnf",
  image: { reference: "registry.fedoraproject.org/fedora:33" },
  repositories: [{ id: "fedora", baseurl: "https://archive.example.org/33/$basearch/" }, { id: "updates" }],
  packages: { vmm: {}, virtiofsd: [], kernel: {} },
  sources: [{ fact: "all", from: "test" }],
});

describe("dnf's commands", () => {
  it("passes repositories as arguments", () => {
    expect(dnf.configure(target)?.argv.slice(3)).toEqual([
      "sh",
      "fedora",
      "https://archive.example.org/33/$basearch/",
      "updates",
      "",
    ]);
    expect(dnf.configure({ ...target, repositories: [] })).toBeNull();
  });

  it("does not let an index be skipped", () => {
    expect(dnf.refresh().argv).toContain("--setopt=*.skip_if_unavailable=False");
  });

  it("searches by an expression with nothing but the pattern's stars special", () => {
    expect(dnf.find(["/boot/vmlinuz-*", "/usr/lib/a+b.c"]).argv.at(-1)).toBe(
      "\t(/boot/vmlinuz-.*|/usr/lib/a\\+b\\.c|/usr/bin/rpm)$",
    );
  });
});

describe("what dnf and rpm say", () => {
  it("reads what would be installed", () => {
    const policy = dnf.readPolicy(recorded("dnf-policy"), target);
    expect(policy.get("qemu-kvm-core")).toEqual({
      candidate: "2:11.0-1",
      repository: { name: "fedora", own: true },
    });
    expect(policy.get("kv-other")?.repository).toEqual({ name: "other", own: false });
    expect(policy.has("nosuch")).toBe(false);
  });

  it("reads where the installed packages are from", () => {
    const from = dnf.readRepositories(recorded("dnf-repositories"), target);
    expect(from.get("kernel-core")).toEqual({ name: "fedora", own: true });
    expect(from.get("kv-other")).toMatchObject({ own: false });
  });

  it.each(["@commandline", "<unknown>", "@System", ""])("knows no repository called '%s'", id => {
    expect(dnf.readRepositories(exited(0, `virtiofsd\t1-1\t${id}\n`), target).get("virtiofsd")).toBeNull();
  });

  it("reads the manifest sorted, without signing keys", () => {
    const said = "gpg-pubkey\t1-2\t(none)\nbash\t5-1\tx86_64\n";
    expect(dnf.readInstalled(exited(0, said)).map(({ name }) => name)).toEqual(["bash"]);
    expect(dnf.readInstalled(recorded("dnf-installed")).map(({ name }) => name)).toEqual([
      "kernel-core",
      "kv-other",
      "qemu-kvm-core",
      "virtiofsd",
    ]);
  });

  it("finds files by their packages, and packages by their files", () => {
    expect(dnf.readFind(recorded("dnf-find"))).toContainEqual({
      path: "/lib/modules/6.18.1-1.fc44.x86_64/vmlinuz",
      packages: ["kernel-core"],
    });
    expect(Object.fromEntries(dnf.readOwners(recorded("dnf-owners")))).toEqual({
      "/usr/libexec/qemu-kvm": "qemu-kvm-core",
      "/usr/bin/link-to-qemu": "qemu-kvm-core",
      "/etc/hostname": null,
      "/nosuch": null,
    });
  });

  it("does not take a database that did not answer for one that has nothing", () => {
    expect(dnf.readFind(exited(1))).toBeNull();
    expect(dnf.readFind(exited(0, "rpm\t/usr/bin/rpm\n"))).toEqual([]);
  });

  it("does not take a comparison that did not come to its end for one that found nothing", () => {
    expect(dnf.readVerify(exited(0))).toEqual([]);
    expect(dnf.readVerify(exited(1, "Unsatisfied dependencies for a-1.x86_64:\n\tb is needed by a\n"))).toEqual([]);
    expect(dnf.readVerify(exited(1, "package x is not installed\n"))).toBeNull();
    expect(dnf.readVerify(exited(127))).toBeNull();
    expect(dnf.readVerify({ ...exited(0), ending: { kind: "signalled", signal: "SIGTERM" } })).toBeNull();
  });

  it("reads changed, missing and configuration files", () => {
    expect(dnf.readVerify(recorded("dnf-verify"))).toEqual(["/usr/libexec/qemu-kvm"]);
    expect(dnf.readVerify(exited(1, "missing     /usr/bin/a\nS.5......  c /etc/b\n.M.......  g /var/c\n"))).toEqual([
      "/usr/bin/a",
      "/etc/b",
      "/var/c",
    ]);
  });
});
