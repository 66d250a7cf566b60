import { expect, it } from "vitest";
import { aptElsewhere, installChanges, readSimulation, simulate } from "../../src/packages/apt-changes.ts";

/** What apt 3.0.3 of Debian 13 printed, shortened. */
const printed = `NOTE: This is only a simulation!
The following NEW packages will be installed:
  libapparmor1 qemu-system-x86
Inst libapparmor1 (4.1.0-1 Debian:13.1/stable [amd64])
Inst libsystemd0 [257.7-1] (257.13-1~deb13u1 Debian:13.1/stable [amd64]) [udev:amd64 ]
Remv systemd-sysv [257.7-1]
Inst qemu-system-x86 (1:10.0.13+ds-0+deb13u1 Debian:13.1/stable, Debian-Security:13/stable-security [amd64])
Conf libapparmor1 (4.1.0-1 Debian:13.1/stable [amd64])
`;

it("reads what an installation would do: new, newer, and gone", () => {
  expect(readSimulation({ stdout: printed })).toEqual({
    installed: [
      { name: "libapparmor1", version: "4.1.0-1" },
      { name: "libsystemd0", version: "257.13-1~deb13u1", from: "257.7-1" },
      { name: "qemu-system-x86", version: "1:10.0.13+ds-0+deb13u1" },
    ],
    removed: ["systemd-sysv"],
  });
  expect(readSimulation({ stdout: "" })).toEqual({ installed: [], removed: [] });
});

it("installs the very versions that were shown, as a machine in use needs it", () => {
  const { argv, env } = installChanges([{ name: "a", version: "1:2-3" }]);
  expect(argv.slice(-2)).toEqual(["--", "a=1:2-3"]);
  expect(argv.join(" ")).not.toContain("unsafe-io");
  expect(env).not.toHaveProperty("INITRD");
  expect(simulate(["a"]).argv).toContain("--simulate");
});

it("keeps apt's indexes out of the machine's own", () => {
  expect(aptElsewhere("/x")).toBe('Dir::State::Lists "/x/lists";\nDir::Cache "/x/cache";\n');
});
