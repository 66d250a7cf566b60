import { Target } from "../../src/model/target.ts";
import type { Said } from "./fake-engine.ts";

export const debian = Target.parse({
  id: "debian-13",
  title: "Debian 13",
  distro: "debian",
  arches: ["amd64"],
  packageManager: "apt",
  image: { reference: "r.example/debian:13" },
  packages: {
    vmm: { qemu: { amd64: ["qemu-system-x86"] } },
    virtiofsd: ["virtiofsd"],
    kernel: { amd64: ["linux-image-amd64"] },
    harness: ["qemu-guest-agent"],
  },
  sources: [{ fact: "names", from: "tests" }],
});

const release = "     release v=13.1,o=Debian,a=stable,n=trixie,l=Debian,c=main,b=amd64\n";
const files = `Package files:\n 500 repository-1: trixie/main amd64 Packages\n${release}Pinned packages:\n\u001e\n`;
const stanza = (name: string, installed: string) =>
  `${name}:\n  Installed: ${installed}\n  Candidate: 1.0\n  Version table:\n ${installed === "1.0" ? "***" : "   "} 1.0 500\n        500 repository-1: trixie/main amd64 Packages\n`;

/** apt on a Debian that has all but virtiofsd. */
export function apt(command: string): Said {
  const known = ["qemu-system-x86", "linux-image-amd64", "qemu-guest-agent"];
  if (command.startsWith("dpkg-query --show")) {
    return { stdout: [...known, "base-files"].map(name => `installed\t${name}\t1.0\tamd64\n`).join("") };
  }
  if (command.includes("apt-cache policy")) {
    const installed = command.includes("base-files") ? "1.0" : "(none)";
    const named = [...known, "base-files"].filter(name => command.includes(` ${name}`));
    return { stdout: files + named.map(name => stanza(name, installed)).join("") };
  }
  if (command.includes("dpkg-deb")) return { stdout: "qemu-system-x86\n" };
  return { stdout: "Get:1 http://deb.example.org/debian trixie InRelease\n" };
}
