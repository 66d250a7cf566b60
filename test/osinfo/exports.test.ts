import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse as toml } from "smol-toml";
import { describe, expect, it } from "vitest";
import { parse as yaml } from "yaml";
import { readStrings } from "../../src/kata/toml.ts";
import type { OsRelease } from "../../src/model/osinfo.ts";
import { buildPage, toBuild } from "../../src/osinfo/build-page.ts";
import { builds } from "../../src/osinfo/builds.ts";
import { HelmValues, helmText, helmValues } from "../../src/osinfo/helm.ts";
import { shellExport, word } from "../../src/osinfo/shell.ts";
import { userDropIn } from "../../src/osinfo/user-drop-in.ts";
import { known, recordedVerdict } from "./linked.ts";

const debian13 = known("debian-13", recordedVerdict("debian-13-vm"));
const backports12 = known("debian-12-backports", recordedVerdict("debian-12-backports-contract"));

const hostile = `/x"'$(touch /tmp/pwned)\`;\n[a]\nb: {{ c }}\u2028\u0085`;

/** As evidence of a stranger's could have it. */
function withHostile(release: OsRelease): OsRelease {
  const own = release.arches.amd64;
  const vmm = own?.parts.vmm;
  if (!own || !vmm) throw new Error("not recorded");
  const packages = { ...own.packages, containerd: [hostile] };
  const parts = { ...own.parts, vmm: { ...vmm, path: hostile } };
  return { ...release, suites: [hostile], arches: { amd64: { ...own, packages, parts } } };
}

describe("the drop-in", () => {
  it("points Kata at the distro's parts", () => {
    const found = readStrings(userDropIn(debian13, "amd64") ?? "", "hypervisor.qemu");
    expect(Object.fromEntries(found)).toEqual({
      path: "/usr/bin/qemu-system-x86_64",
      virtio_fs_daemon: "/usr/libexec/virtiofsd",
    });
  });

  it("has the words of the daemon in C, and threads where io_uring does not work", () => {
    const old = known("debian-12", recordedVerdict("debian-12-vm"));
    expect(userDropIn(old, "amd64")).toContain('virtio_fs_extra_args = ["--thread-pool-size=1"');
    const own = debian13.arches.amd64;
    if (!own) throw new Error("not recorded");
    const answer = { answer: "no" as const, because: "", at: "", link: "" };
    const slow = { ...debian13, arches: { amd64: { ...own, abilities: { "aio-io_uring": answer } } } };
    expect(userDropIn(slow, "amd64")).toContain('block_device_aio = "threads"');
  });

  it("names the place of a virtiofsd that is still to be built, and is not made where no VMM was seen", () => {
    expect(userDropIn(backports12, "amd64")).toContain('virtio_fs_daemon = "/usr/local/libexec/virtiofsd"');
    expect(userDropIn(known("debian-13"), "amd64")).toBeUndefined();
    expect(userDropIn(debian13, "arm64")).toBeUndefined();
  });

  it("keeps hostile text in a string", () => {
    const document = userDropIn(withHostile(debian13), "amd64") ?? "";
    expect(readStrings(document, "hypervisor.qemu").get("path")).toBe(hostile);
    expect(readStrings(document, "a").size).toBe(0);
  });
});

describe("values for kata-deploy", () => {
  const values = helmValues(known("ubuntu-24.04", recordedVerdict("debian-13-vm")), "amd64");

  it("are of the published shape", () => {
    const made = helmValues(debian13, "amd64");
    expect(HelmValues.parse(made)).toEqual(made);
    expect(made?.customRuntimes.runtimes["kata-debian-13"]).toMatchObject({ baseConfig: "qemu-runtime-rs" });
    expect(values).toBeUndefined();
    const [own] = Object.values(made?.customRuntimes.runtimes ?? {});
    const nameless = { customRuntimes: { enabled: true, runtimes: { a: { ...own, runtimeClass: "handler: a.b" } } } };
    expect(HelmValues.safeParse(nameless).success).toBe(false);
  });

  it("are printable ASCII with every string in quotes, so that hostile text stays in its own", () => {
    const made = helmValues(withHostile(debian13), "amd64");
    if (made === undefined) throw new Error("not made");
    const text = helmText(made);
    expect(text).toMatch(/^[\n -~]*$/);
    for (const line of text.trim().split("\n")) expect(line).toMatch(/^ *"[\w-]+":(?: (?:true|"(?:[^"\\]|\\.)*"))?$/);
    expect(yaml(text)).toEqual(made);
    const [own] = Object.values(made.customRuntimes.runtimes);
    expect(toml(own?.dropIn ?? "")).toMatchObject({ hypervisor: { qemu: { path: hostile } } });
    expect(yaml(own?.runtimeClass ?? "")).toMatchObject({ kind: "RuntimeClass", handler: "kata-debian-13" });
  });
});

describe("the shell script", () => {
  it("installs what was seen to be there, from where", () => {
    expect(shellExport(debian13, "amd64")).toContain(
      "apt-get install -y --no-install-recommends -- containerd qemu-system-x86 runc virtiofsd\n",
    );
    const script = shellExport(backports12, "amd64") ?? "";
    expect(script).toContain("-t bookworm-backports -- containerd qemu-system-x86 runc\n");
    expect(script).toContain("Enable the suite bookworm-backports first");
    expect(shellExport(known("nixos-unstable"), "amd64")).toBeUndefined();
  });

  it("says hostile words and does not run them", () => {
    const { stdout } = spawnSync("sh", ["-c", `printf %s ${word(hostile)}`], { encoding: "utf8" });
    expect(stdout).toBe(hostile);
    const script = shellExport(withHostile(debian13), "amd64") ?? "";
    expect(spawnSync("sh", ["-n"], { input: script, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
    expect(script).toContain(word(hostile));
  });
});

describe("the instructions to build a part", () => {
  it("are for what the distro lacks, and for nothing else", () => {
    expect(recordedVerdict("debian-12-backports-contract").verdict.cells.flatMap(toBuild)).toEqual(["virtiofsd"]);
    expect(recordedVerdict("debian-13-vm").verdict.cells.flatMap(toBuild)).toEqual([]);
  });

  it("were followed: with what they make, the guest tier passes, and nobody is told that the distro ships it", () => {
    const { verdict } = recordedVerdict("debian-12-backports-built");
    const [cell] = verdict.cells;
    expect(cell).toMatchObject({
      standing: "provisional",
      because: expect.stringContaining("virtiofsd was built by the user, not shipped"),
      tiers: { contract: "pass", guest: "pass" },
      components: { virtiofsd: { built: true, package: null, version: builds.virtiofsd.version } },
    });
    const skipped = cell?.checks.filter(({ reason }) => reason?.code === "provenance.built").map(({ id }) => id);
    expect(skipped).toEqual(["contract.virtiofsd.shipped", "contract.provenance.virtiofsd"]);
    expect(verdict.cells.flatMap(toBuild)).toEqual(["virtiofsd"]);
  });

  it("name the distro's own packages, the version, its options, and where Kata looks for it", () => {
    const page = buildPage(backports12, "virtiofsd") ?? "";
    for (const part of ["cargo-web", "--version 1.14.0", "`--fd`", "virtio_fs_daemon", "--with-file virtiofsd="])
      expect(page).toContain(part);
    expect(page).toContain("apt-get install -y --no-install-recommends -- cargo-web rustc-web ");
    expect(buildPage(known("nixos-unstable"), "virtiofsd")).toBeUndefined();
  });

  it("can be followed from any one place, by what it says first", () => {
    const page = buildPage(backports12, "virtiofsd") ?? "";
    const scripts = [...page.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, script = ""]) => script);
    const folder = mkdtempSync(join(tmpdir(), "kv-build-"));
    const said = ["apt-get", "cargo", "npm", "install"].map(one => `${one}() { printf '%s|' ${one} "$@"; echo; }`);
    const ran = spawnSync("bash", ["--norc", "-euc", [...said, ...scripts, 'echo "BUILD=$BUILD"'].join("\n")], {
      ...{ cwd: folder, encoding: "utf8", env: { ...process.env, HOME: "/home/me", TMPDIR: folder } },
    });
    const build = /^BUILD=(.*)$/m.exec(ran.stdout)?.[1] ?? "none";
    rmSync(folder, { recursive: true });
    expect(ran).toMatchObject({ status: 0, stderr: "" });
    expect(ran.stdout).toContain(`--root|${build}|virtiofsd|`);
    expect(ran.stdout).toContain("--prefix|/home/me/kata-verify|run|verify|--|debian-12-backports|");
    expect(ran.stdout).toContain(`|virtiofsd=${build}/bin/virtiofsd|--out|${build}/results|`);
    expect(ran.stdout).toContain(`|${build}/bin/virtiofsd|/usr/local/libexec/virtiofsd|`);
    expect(page.match(/^## .*\(as root\)$/gm)).toHaveLength(2);
  });
});
