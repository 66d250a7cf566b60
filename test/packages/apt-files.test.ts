import { describe, expect, it } from "vitest";
import { packageManagers } from "../../src/packages/index.ts";
import { exited, recorded } from "./recorded.ts";

const { apt } = packageManagers;
const qemu = "/usr/bin/qemu-system-x86_64";

describe("which package a file belongs to", () => {
  it.each([
    ["apt-find-deb12", "/usr/lib/qemu/virtiofsd", ["qemu-system-common"]],
    ["apt-find-deb12", "/boot/vmlinuz-6.1.0-56-amd64", ["linux-image-6.1.0-56-amd64"]],
    ["apt-find-deb13bpo", "/usr/lib/modules/7.3.4+deb13-amd64/config", ["linux-base-7.3.4+deb13-amd64"]],
    ["apt-find-sid", "/usr/libexec/virtiofsd", ["virtiofsd"]],
  ])("%s: %s", (name, path, packages) => {
    expect(apt.readFind(recorded(name))).toContainEqual({ path, packages });
  });

  it("finds no virtiofsd in bookworm with backports", () => {
    expect(apt.readFind(recorded("apt-find-deb12bpo"))?.map(({ path }) => path)).not.toContain(
      expect.stringContaining("virtiofsd"),
    );
  });

  it("does not take a database that did not answer for one that has nothing", () => {
    expect(apt.readFind(exited(1, "", "dpkg-query: error: cannot open the database"))).toBeNull();
    expect(apt.readFind(exited(1, "dpkg: /usr/bin/dpkg-query\n"))).toEqual([]);
  });

  it("follows links, and paths from before /bin moved into /usr", () => {
    expect(Object.fromEntries(apt.readOwners(recorded("apt-owners")))).toEqual({
      [qemu]: "qemu-system-x86",
      "/bin/sh": "dash",
      "/usr/lib/qemu/virtiofsd": "virtiofsd",
      "/etc/hostname": null,
      "/nosuch": null,
    });
  });

  it("gives a diverted file to the package that diverted it", () => {
    expect(apt.readOwners(recorded("apt-owners-diversion")).get(qemu)).toBe("kv-other");
  });

  it("gives a link in the place of a package's file to whoever put it there, and nobody what leads nowhere", () => {
    expect(apt.readOwners(recorded("apt-owners-link-diversion")).get(qemu)).toBe("kv-vmm-false");
    expect(Object.fromEntries(apt.readOwners(recorded("apt-owners-link")))).toEqual({
      [qemu]: "qemu-system-x86",
      "/usr/bin/qemu-system-i386": null,
      "/usr/bin/kvm": "qemu-system-x86",
    });
  });

  it("gives a file that the administrator diverted to nobody", () => {
    expect(apt.readOwners(recorded("apt-owners-local-diversion")).get(qemu)).toBeNull();
  });

  it("drops the architecture of a multi-arch package", () => {
    const seen = exited(0, "\u001e/usr/lib/x/libc.so.6\nlibc6:amd64: /usr/lib/x/libc.so.6\n");
    expect(apt.readOwners(seen).get("/usr/lib/x/libc.so.6")).toBe("libc6");
  });
});

describe("whether a package's files are as installed", () => {
  it("says nothing of a package that is", () => {
    expect(apt.readVerify(recorded("apt-verify-clean"))).toEqual([]);
  });

  it.each(["apt-verify-local-diversion", "apt-verify-diversion"])("%s: changed and diverted files", name => {
    expect(apt.readVerify(recorded(name))).toEqual(["/usr/bin/qemu-system-i386", qemu]);
  });

  it("reads missing files and configuration files", () => {
    const seen = exited(
      0,
      "missing     /usr/libexec/virtiofsd\n??5?????? c /etc/a file\nmissing   c /etc/b (Permission denied)\n",
    );
    expect(apt.readVerify(seen)).toEqual(["/usr/libexec/virtiofsd", "/etc/a file", "/etc/b"]);
  });

  it("does not take a comparison that did not come to its end for one that found nothing", () => {
    expect(apt.readVerify(exited(1, "", "dpkg: package 'x' is not installed\n"))).toBeNull();
    expect(apt.readVerify(exited(127))).toBeNull();
    expect(apt.readVerify({ ...exited(0), ending: { kind: "timedOut", afterMs: 1 } })).toBeNull();
    expect(apt.readVerify(exited(1, "missing     /usr/bin/a\n"))).toEqual(["/usr/bin/a"]);
  });
});
