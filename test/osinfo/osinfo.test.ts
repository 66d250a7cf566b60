import { describe, expect, it } from "vitest";
import { OsFacts } from "../../src/model/osinfo.ts";
import { knownOf, releasesOf } from "../../src/osinfo/known.ts";
import { osinfo } from "../../src/osinfo/osinfo.ts";
import { facts, known, recordedVerdict, targets } from "./linked.ts";

const debian13 = recordedVerdict("debian-13-vm");

describe("osinfo", () => {
  it("has what was seen, with its date and its evidence", () => {
    const own = known("debian-13", debian13).arches.amd64;
    expect(own?.parts.virtiofsd).toMatchObject({
      path: "/usr/libexec/virtiofsd",
      package: "virtiofsd",
      repository: "Debian trixie/main",
      at: debian13.verdict.finishedAt,
      link: "test/replay/debian-13-vm",
    });
    expect(own?.virtiofsdIn).toBe("rust");
    expect(own?.abilities["aio-io_uring"]).toMatchObject({ answer: "yes" });
    expect(known("debian-12", recordedVerdict("debian-12-vm")).arches.amd64?.virtiofsdIn).toBe("c");
  });

  it("invents nothing: without evidence there is no part and no ability", () => {
    expect(known("debian-13").arches.amd64).toMatchObject({ parts: {}, abilities: {} });
    expect(known("debian-13", recordedVerdict("debian-12-vm")).arches.amd64?.parts).toEqual({});
  });

  it("takes half a second after a whole one for later", () => {
    const [first, second] = ["2040-01-01T00:00:00Z", "2040-01-01T00:00:00.500Z"].map(finishedAt => ({
      link: finishedAt,
      verdict: { ...debian13.verdict, finishedAt },
    }));
    if (!first || !second) throw new Error("not made");
    expect(known("debian-13", second, first).arches.amd64?.parts.vmm?.link).toBe(second.link);
  });

  it("goes by what was seen last, whatever the order", () => {
    const [cell] = debian13.verdict.cells;
    const vmm = cell?.components.vmm;
    if (!cell || !vmm) throw new Error("not recorded");
    const cells = [{ ...cell, components: { vmm: { ...vmm, version: "99" } } }];
    const later = { link: "later", verdict: { ...debian13.verdict, finishedAt: "2040-01-01T00:00:00.000Z", cells } };
    for (const both of [
      [debian13, later],
      [later, debian13],
    ] as const)
      expect(known("debian-13", ...both).arches.amd64?.parts).toMatchObject({
        vmm: { version: "99", link: "later" },
        virtiofsd: { link: "test/replay/debian-13-vm" },
      });
  });

  it.each([
    ["built by the user", { built: true }],
    ["of no package", { package: null }],
  ])("does not take for the distro's what is %s", (_, part) => {
    const [cell] = debian13.verdict.cells;
    const virtiofsd = cell?.components.virtiofsd;
    if (!cell || !virtiofsd) throw new Error("not recorded");
    const cells = [{ ...cell, components: { virtiofsd: { ...virtiofsd, ...part } } }];
    const own = known("debian-13", { link: "x", verdict: { ...debian13.verdict, cells } }).arches.amd64;
    expect(own?.parts).toEqual({});
    expect(own?.virtiofsdIn).toBeUndefined();
  });

  it.each([
    ["a candidate that no part is of", { candidates: ["qemu-system-modules-spice"] }, ["vmm", "hostKernel"], []],
    ["a part from elsewhere", {}, ["hostKernel"], ["host-modules", "host-modules-load", "io_uring-allowed"]],
  ])("does not take for the distro's what was seen of %s to be able", (_, own, kept, abilities) => {
    const [cell] = debian13.verdict.cells;
    if (!cell) throw new Error("not recorded");
    const components = Object.fromEntries(Object.entries(cell.components).filter(([name]) => kept.includes(name)));
    const verdict = { ...debian13.verdict, cells: [{ ...cell, ...own, components }] };
    const made = known("debian-13", { link: "x", verdict }).arches.amd64;
    expect(Object.keys(made?.abilities ?? {}).sort()).toEqual(abilities);
    expect(Object.keys(made?.parts ?? {}).sort()).toEqual([...kept].sort());
  });

  it("has releases that are no target, and refuses one that does not say what it is", () => {
    expect(known("nixos-unstable").kata).toMatchObject({ ships: true, version: "4.2.0" });
    const nameless = OsFacts.parse({ id: "nowhere-1", sources: [{ fact: "all", from: "a test" }] });
    expect(() => osinfo(targets, [...facts, nameless], [])).toThrow("osinfo/nowhere-1.json: there is no target");
  });
});

describe("detection", () => {
  it("is of every target of the release, and says what is unknown", () => {
    const { releases } = osinfo(targets, facts, [debian13]);
    const { found } = releasesOf({ title: "Debian", id: "debian", version: "13", arch: "amd64" }, releases);
    expect(found.map(({ id }) => id)).toEqual(["debian-13", "debian-13-backports"]);
    const [first, second] = found.map(release => knownOf(release, "amd64"));
    expect(first?.known).toContainEqual(expect.stringMatching(/^vmm: \/usr\/bin\/qemu-system-x86_64, /));
    expect(first?.unknown).toContain("firmware");
    expect(second?.unknown).toContain("vmm");
    expect(releasesOf({ title: "Plan 9", id: "plan9" }, releases)).toEqual({ found: [], unsure: false });
    const either = releasesOf({ title: "Debian GNU/Linux forky/sid", id: "debian" }, releases);
    expect(either.found.map(({ id }) => id)).toEqual(expect.arrayContaining(["debian-forky", "debian-sid"]));
    expect(either.unsure).toBe(true);
  });

  it("knows nothing of parts on an architecture that nobody ran", () => {
    expect(knownOf(known("debian-13", debian13), "arm64").unknown).toContain("virtiofsd");
  });
});
