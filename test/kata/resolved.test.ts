import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { askConfiguration, readEnv, readLoggedConfig } from "../../src/kata/resolved.ts";

/** As Kata 4.0.0's own tool printed it on a drop-in of the harness's, with other paths, and without what it says of the host. */
const recorded = readFileSync(new URL("recorded/kata-runtime-env.json", import.meta.url), "utf8");

describe("the configuration in force", () => {
  it("is what kata-runtime prints", () => {
    expect(readEnv(recorded)).toEqual({
      vmm: "/usr/bin/qemu-system-x86_64",
      virtiofsd: "/usr/libexec/virtiofsd",
      kernel: "/usr/lib/modules/6.12.1/vmlinuz",
      initrd: "/var/lib/kata-verify/guest-initrd.img",
      image: "",
      kernelParams:
        "scsi_mod.scan=none agent.log=debug agent.cdh_api_timeout=50 cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1 rdinit=/kata-verify/init agent.hotplug_timeout=24 kata-verify.nonce=5eed",
      from: "/opt/kata/share/defaults/kata-containers/configuration-qemu.toml",
    });
  });

  it("is what kata-ctl prints", () => {
    const env = {
      kernel: { path: "/k", parameters: "a=b" },
      initrd: { path: "/i" },
      hypervisor: { path: "/q", virtio_fs_daemon: "/v", memory_slots: 10 },
      runtime: { config: { path: "/c" } },
    };
    expect(readEnv(JSON.stringify(env))).toEqual({
      ...{ vmm: "/q", virtiofsd: "/v", kernel: "/k", kernelParams: "a=b", initrd: "/i", image: undefined, from: "/c" },
    });
  });

  it.each(["", "{", "[]", "{}", "null", 'time="…" level=error msg="no"', '{"Kernel": {"Path": "/k"}}'])(
    "is not in %j",
    printed => {
      expect(readEnv(printed)).toBeUndefined();
    },
  );

  it("is what the Rust shim logs when it starts", () => {
    const log = `kata: get config path ""
kata: get config content TomlConfig { agent: {"kata": Agent { debug: true, path: "/wrong" }}, hypervisor: {"qemu": Hypervisor { path: "/usr/bin/qemu-system-x86_64", valid_hypervisor_paths: ["/opt/kata/bin/qemu"], ctlpath: "", jailer_path: "", boot_info: BootInfo { kernel: "/boot/vmlinuz", kernel_params: "reboot=k a=b", kernel_verity_params: "", initrd: "/i.img", image: "", rootfs_type: "ext4" }, shared_fs: SharedFsInfo { shared_fs: Some("virtio-fs"), virtio_fs_daemon: "/usr/libexec/virtiofsd" } }}, runtime: Runtime { name: "virt_container" } }
kata: other`;
    expect(readLoggedConfig(log)).toEqual({
      ...{ vmm: "/usr/bin/qemu-system-x86_64", virtiofsd: "/usr/libexec/virtiofsd", kernel: "/boot/vmlinuz" },
      ...{ kernelParams: "reboot=k a=b", initrd: "/i.img", image: "" },
    });
  });

  it("is not in another log", () => {
    expect(readLoggedConfig("kata: get config path\n")).toBeUndefined();
    expect(
      readLoggedConfig('kata: get config content TomlConfig { hypervisor: {"clh": Hypervisor { path: "/c" }} }'),
    ).toBeUndefined();
  });
});

describe("asking for it", () => {
  it("names a configuration to the one tool that takes one", () => {
    expect(askConfiguration("go", "/t").command.argv).toEqual(["/t", "env", "--json"]);
    expect(askConfiguration("go", "/t", "/c").command.argv).toEqual(["/t", "--config", "/c", "env", "--json"]);
    expect(askConfiguration("rust", "/t", "/c").command.argv).toEqual(["/t", "env", "--json"]);
  });
});
