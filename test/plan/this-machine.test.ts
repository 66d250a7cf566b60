import { describe, expect, it } from "vitest";
import type { Request } from "../../src/model/cell.ts";
import { UsageError } from "../../src/model/failure.ts";
import { planCells } from "../../src/plan/cells.ts";
import { type OsRelease, readOsRelease } from "../../src/plan/this-machine.ts";
import { scenario, target } from "../judge/evidence.ts";

const trixie = `PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nNAME="Debian GNU/Linux"\nVERSION_ID="13"\nID=debian\n`;

describe("os-release", () => {
  it.each<[string, string, Partial<OsRelease> | undefined]>([
    ["quotes of one kind", trixie, { title: "Debian GNU/Linux 13 (trixie)", id: "debian", version: "13" }],
    ["quotes of the other", "ID='fedora'\nVERSION_ID=44\n", { title: "fedora", id: "fedora", version: "44" }],
    ["no version", 'ID=debian\nNAME="Debian"\n', { title: "Debian", id: "debian", version: undefined }],
    ["what a shell would need a backslash for", 'ID=a\nNAME="\\$b \\"c\\""\n', { title: '$b "c"', id: "a" }],
    ["ID_LIKE alone", "ID_LIKE=debian\n", undefined],
    ["a blank and a comment after a value", "ID=debian\nVERSION_ID=13 # c\n", { id: "debian", version: "13" }],
    ["one key twice, of which the last counts", "ID=a\nID=b\n", { id: "b" }],
    ["comments and carriage returns", '#ID=a\r\n# c\r\nID=b\r\nNAME="c # d"\r\n', { id: "b", title: "c # d" }],
    ["backslashes before a backslash and a backquote", 'ID=a\nNAME="\\\\ \\` \\n"\n', { title: "\\ ` \\n" }],
    ["backslashes in single quotes, which are none", "ID=a\nNAME='\\$b'\n", { title: "\\$b" }],
    ["a quote without an end", 'ID=a\nNAME="b\nVERSION_ID=1\n', { title: "a", version: "1" }],
    ["what would drive a terminal", 'ID=a\nPRETTY_NAME="\u001b[31mred\u009b2J"\n', { title: "red" }],
    ["nothing", "", undefined],
  ])("with %s", (_, text, wanted) => {
    const read = readOsRelease(text, "amd64");
    expect(read).toEqual(wanted === undefined ? undefined : expect.objectContaining(wanted));
  });

  it("says of an architecture that the catalog has not that it is none of its", () => {
    expect(readOsRelease(trixie, "riscv64")?.arch).toBeUndefined();
  });
});

describe("a plan for this machine itself", () => {
  const backports = { ...target, id: "debian-13-backports", title: "Backports" };
  const other = { ...target, id: "debian-12", title: "Debian 12", release: "12" };
  const fedora = { ...target, id: "fedora-44", title: "Fedora 44", distro: "fedora", release: "44" };
  const suite = { suite: "trixie-backports", components: ["main"], prefer: true };
  const all = [target, { ...backports, repositories: [suite] }, other, fedora];
  const asked: Request = {
    ...{ targets: [], scenarios: [], arch: "amd64", tier: "guest", testbed: "local" },
    ...{ requireKvm: false, kata: { source: "release" }, workloads: "gating" },
  };
  const on = (release: OsRelease | undefined) =>
    ({ kvm: "absent", vhostVsock: false, virtualized: true, nested: false, release }) as const;
  const here = readOsRelease(trixie, "amd64");
  const plan = (targets: readonly string[], release = here, arch: Request["arch"] = "amd64") =>
    planCells({ targets: all, scenarios: [scenario] }, { ...asked, targets, arch }, on(release));
  const refusal = (work: () => unknown): UsageError => {
    try {
      work();
    } catch (error) {
      if (error instanceof UsageError) return error;
    }
    throw new Error("it was not refused");
  };

  it("says why it is one, and has what the machine is when nothing is named", () => {
    const [cell, ...others] = plan([]);
    expect(others).toEqual([]);
    expect(cell).toMatchObject({ target: { id: "debian-13" }, testbed: "local", expected: "tcg" });
    expect(cell?.because).toBe("Debian GNU/Linux 13 (trixie), which is this machine; there is no /dev/kvm here");
  });

  it.each([
    [["debian-12"], here, /another release: os-release says Debian GNU\/Linux 13 \(trixie\)/],
    [["debian-13", "fedora-44"], here, /Fedora 44 cannot .*: this machine is another distro/],
    [["debian-13-backports"], here, /repositories that would have to be added/],
    [["debian-13"], undefined, /no os-release/],
    [["debian-13"], readOsRelease(trixie, "arm64"), /this machine is arm64/],
    [[], readOsRelease("ID=gentoo\n", "amd64"), /another distro: os-release says gentoo/],
  ])("of %s is refused with the reason", (targets, release, why) => {
    const { message, hint } = refusal(() =>
      planCells({ targets: all, scenarios: [scenario] }, { ...asked, targets }, on(release)),
    );
    expect(message).toMatch(why);
    expect(hint).toContain("--testbed vm");
  });

  it("names what the machine is beside what it is not", () => {
    expect(refusal(() => plan(["debian-12"])).hint).toContain("What this machine is: debian-13.");
  });

  it("is never made unasked", () => {
    const cells = planCells({ targets: all, scenarios: [scenario] }, { ...asked, testbed: "auto" }, on(here));
    expect(cells.map(({ testbed }) => testbed)).not.toContain("local");
  });
});
