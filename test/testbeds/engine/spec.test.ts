import { expect, test } from "vitest";
import { labelChanges } from "../../../src/testbeds/engine/images.ts";
import { containerOptions } from "../../../src/testbeds/engine/spec.ts";
import type { ContainerSpec } from "../../../src/testbeds/engine.ts";

const spec: ContainerSpec = {
  image: "sha256:1",
  run: "r1",
  capabilities: ["CHOWN"],
  devices: ["/dev/kvm"],
  mounts: [{ source: "/a", target: "/b", readOnly: true }],
  network: "none",
  groups: ["108"],
  env: { A: "b c" },
  tmpfs: ["/run/x"],
  cpuShares: 256,
};

test("nothing is given that was not asked for", () => {
  const { HostConfig = {} } = containerOptions({ ...spec, capabilities: [], devices: [], mounts: [] }, "o", "Docker");
  expect(HostConfig).toMatchObject({ CapDrop: ["ALL"], CapAdd: [], Devices: [], Mounts: [], AutoRemove: true });
  expect(HostConfig.SecurityOpt).toEqual(["no-new-privileges"]);
  expect(HostConfig.Privileged).toBeUndefined();
});

test("what was asked for is given by name", () => {
  expect(containerOptions(spec, "1:2:3", "Docker")).toMatchObject({
    Image: "sha256:1",
    User: "0:0",
    Env: ["A=b c"],
    Labels: { "io.kata-verify.run": "r1", "io.kata-verify.owner": "1:2:3" },
    OpenStdin: true,
    StdinOnce: true,
    HostConfig: {
      NetworkMode: "none",
      CapAdd: ["CHOWN"],
      GroupAdd: ["108"],
      Devices: [{ PathOnHost: "/dev/kvm", PathInContainer: "/dev/kvm", CgroupPermissions: "rw" }],
      Mounts: [{ Type: "bind", Source: "/a", Target: "/b", ReadOnly: true }],
      Tmpfs: { "/run/x": "rw,exec,mode=755" },
      CpuShares: 256,
    },
  });
});

test("a VMM's confinement allows vsock and io_uring and still refuses what reaches beyond a container", () => {
  const { SecurityOpt = [] } = containerOptions({ ...spec, confinement: "vmm" }, "o", "Docker").HostConfig ?? {};
  const profile = JSON.parse(SecurityOpt.find((one: string) => one.startsWith("seccomp="))?.slice(8) ?? "null");
  expect(SecurityOpt).toContain("no-new-privileges");
  expect(profile.defaultAction).toBe("SCMP_ACT_ALLOW");
  expect(profile.syscalls[0].action).toBe("SCMP_ACT_ERRNO");
  expect(profile.syscalls[0].names).toContain("kexec_load");
  expect(profile.syscalls[0].names).not.toContain("io_uring_setup");
});

test("Podman's service is not given a profile, which it would take for the name of a file", () => {
  const { SecurityOpt = [] } = containerOptions({ ...spec, confinement: "vmm" }, "o", "Podman").HostConfig ?? {};
  expect(SecurityOpt).toContain("seccomp=unconfined");
  expect(SecurityOpt).toContain("no-new-privileges");
});

test("labels are quoted for a Dockerfile line", () => {
  expect(labelChanges({ "io.x": 'a"b$c\\' })).toEqual(['LABEL "io.x"="a\\"b\\$c\\\\"']);
});

test("the confinement for containers inside allows what runc asks for and no more", () => {
  const refusedWith = (confinement: "vmm" | "containers"): string[] => {
    const { SecurityOpt = [] } = containerOptions({ ...spec, confinement }, "o", "Docker").HostConfig ?? {};
    const profile = JSON.parse(SecurityOpt.find((one: string) => one.startsWith("seccomp="))?.slice(8) ?? "null");
    return profile.syscalls[0].names;
  };
  const containers = refusedWith("containers");
  expect(refusedWith("vmm").filter(name => !containers.includes(name))).toEqual(["bpf", "keyctl"]);
  expect(containers).toEqual(expect.arrayContaining(["init_module", "reboot", "kexec_load", "syslog"]));
});

test("has a namespace of cgroups of its own where containers run inside and the engine has one tree of them", () => {
  const inside: ContainerSpec = { ...spec, confinement: "containers" };
  expect(containerOptions(inside, "me", "Docker", true).HostConfig).toMatchObject({ CgroupnsMode: "private" });
  expect(containerOptions(inside, "me", "Docker", false).HostConfig).not.toHaveProperty("CgroupnsMode");
});
