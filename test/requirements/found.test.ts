import { describe, expect, it } from "vitest";
import type { Owned } from "../../src/packages/index.ts";
import { chosen, elsewhere, searched } from "../../src/requirements/found.ts";
import { target } from "../judge/evidence.ts";

const owned = (...paths: readonly string[]): Owned[] => paths.map(path => ({ path, packages: ["some"] }));
const choose = (...paths: readonly string[]) => chosen(owned(...paths), target, "qemu", "amd64");

describe("where the parts are", () => {
  it("takes the full build, never the reduced one beside it", () => {
    expect(choose("/usr/bin/qemu-system-x86_64-microvm")).toEqual({});
    expect(choose("/usr/bin/qemu-system-x86_64-microvm", "/usr/bin/qemu-system-x86_64").vmm).toBe(
      "/usr/bin/qemu-system-x86_64",
    );
  });

  it("knows Enterprise Linux' paths", () => {
    const release = "6.12.0-55.el10.x86_64";
    expect(
      choose(
        "/usr/libexec/qemu-kvm",
        "/usr/libexec/virtiofsd",
        `/lib/modules/${release}/vmlinuz`,
        `/lib/modules/${release}/config`,
      ),
    ).toEqual({
      vmm: "/usr/libexec/qemu-kvm",
      virtiofsd: "/usr/libexec/virtiofsd",
      kernelRelease: release,
      kernelImage: `/lib/modules/${release}/vmlinuz`,
      kernelConfig: `/lib/modules/${release}/config`,
    });
  });

  it("takes the newest kernel, and its own config", () => {
    expect(
      choose(
        "/boot/vmlinuz-6.9.0-1-amd64",
        "/boot/vmlinuz-6.12.0-2-amd64",
        "/boot/config-6.9.0-1-amd64",
        "/boot/config-6.12.0-2-amd64",
      ),
    ).toMatchObject({ kernelRelease: "6.12.0-2-amd64", kernelConfig: "/boot/config-6.12.0-2-amd64" });
  });

  it("goes on without a config", () => {
    expect(choose("/boot/vmlinuz-6.9.0")).toEqual({ kernelRelease: "6.9.0", kernelImage: "/boot/vmlinuz-6.9.0" });
  });

  it("finds containerd with its client, and the distro's own Kata, and nothing else of these names", () => {
    const containerd = { containerd: "/usr/bin/containerd", ctr: "/usr/bin/ctr", runc: "/usr/sbin/runc" };
    const kata = {
      kataShim: "/usr/bin/containerd-shim-kata-v2",
      kataTool: "/usr/bin/kata-runtime",
      kataConfig: "/usr/share/kata-containers/defaults/configuration.toml",
    };
    expect(choose("/etc/containerd", "/usr/share/doc/containerd", "/usr/share/man/man8/ctr.8.gz")).toEqual({});
    expect(choose(...Object.values(containerd), "/etc/containerd")).toEqual(containerd);
    expect(choose(...Object.values(kata))).toEqual(kata);
    const administrators = "/etc/kata-containers/configuration.toml";
    expect(choose(...Object.values(kata), administrators).kataConfig).toBe(administrators);
  });

  it("takes a path that the target names before all others", () => {
    const own = { ...target, paths: { virtiofsd: "/opt/distro/virtiofsd" } };
    expect(searched(own, "qemu", "amd64")).toContain("*/virtiofsd");
    const found = owned("/usr/libexec/virtiofsd", "/opt/distro/virtiofsd");
    expect(chosen(found, own, "qemu", "amd64").virtiofsd).toBe("/opt/distro/virtiofsd");
  });

  it("tells a part at an unknown path from its documentation", () => {
    const found = owned("/usr/share/doc/virtiofsd", "/usr/lib/odd/virtiofsd", "/usr/bin/virtiofsd-helper");
    expect(elsewhere(found, ["virtiofsd"])).toEqual(["/usr/lib/odd/virtiofsd"]);
  });
});
