import { describe, expect, it } from "vitest";
import { CatalogError } from "../../src/model/failure.ts";
import { gatingContainers } from "../../src/model/words.ts";
import { type CatalogFile, catalog } from "../../src/plan/catalog.ts";

const scenario = { id: "boots", title: "Boots", vmm: "qemu", guestKernel: "distro", workloads: ["console"] };
const target = {
  id: "debian-14",
  title: "Debian 14",
  distro: "debian",
  release: "14",
  arches: ["amd64"],
  packageManager: "apt",
  image: { reference: "docker.io/library/debian:14" },
  packages: {
    vmm: { qemu: { amd64: ["qemu-system-x86"] } },
    virtiofsd: ["virtiofsd"],
    kernel: { amd64: ["linux-image-amd64"] },
  },
  sources: [{ fact: "package names", from: "apt-cache" }],
};

const file = (path: string, row: unknown): CatalogFile => ({ path, text: JSON.stringify(row, null, 2) });
const targetFile = (row: unknown, name = "debian-14") => file(`images/${name}.json`, row);
const load = (targets: readonly CatalogFile[], scenarios = [file("scenarios/boots.json", scenario)]) =>
  catalog({ targets, scenarios }, "2026-11-22");

function troubles(targets: readonly CatalogFile[], scenarios?: CatalogFile[]): string[] {
  try {
    load(targets, scenarios);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(CatalogError);
    return error instanceof CatalogError ? error.message.split("\n") : [];
  }
}

describe("catalog", () => {
  it("has its rows in the order of their ids, with what files may leave out", () => {
    const other = { ...target, id: "a-1" };
    const { targets, scenarios, notes } = load([targetFile(target), targetFile(other, "a-1")]);
    expect(targets.map(({ id }) => id)).toEqual(["a-1", "debian-14"]);
    expect(targets[1]).toMatchObject({
      knownIssues: [],
      image: { digest: {} },
      packages: { containerd: [], kata: [], harness: [] },
    });
    expect(scenarios).toEqual([{ ...scenario, kata: "release", containers: [...gatingContainers] }]);
    expect(notes).toEqual([]);
  });

  it("takes an end of life in the past as a note", () => {
    expect(load([targetFile({ ...target, endOfLife: "2026-11-21" })]).notes).toEqual([
      "debian-14: its end of life was 2026-11-21",
    ]);
    expect(load([targetFile({ ...target, endOfLife: "2026-11-22" })]).notes).toEqual([]);
  });

  it("takes a file that begins with the mark of UTF-8, and counts columns without it", () => {
    const { path, text } = targetFile(target);
    const { targets } = load([{ path, text: `\uFEFF${text}` }]);
    expect(targets.map(({ id }) => id)).toEqual(["debian-14"]);
    expect(troubles([{ path, text: "\uFEFF{,}" }])).toEqual([
      'images/debian-14.json:1:2: expected a key in double quotes, found ","',
    ]);
  });

  it("says line and column of what is not JSON", () => {
    const { path, text } = targetFile(target);
    expect(troubles([{ path, text: text.replace('"release": "14",', '"release": "14"') }])).toEqual([
      'images/debian-14.json:6:3: expected a comma or } after a value, found "\\""',
    ]);
    expect(troubles([{ path, text: "" }])).toEqual([
      "images/debian-14.json:1:1: expected a value, found the end of the file",
    ]);
  });

  it.each([
    [
      "an unknown key, and which there are",
      { packages: { ...target.packages, qmeu: ["q"] } },
      [
        '["q"]',
        'packages.qmeu: unknown key, expected one of "vmm", "virtiofsd", "kernel", "containerd", "kata", "harness"',
      ],
    ],
    [
      "an unknown VMM",
      { packages: { ...target.packages, vmm: { bhyve: { amd64: ["b"] } } } },
      ['{"amd64":["b"]}', 'packages.vmm.bhyve: unknown key, expected one of "qemu"'],
    ],
    [
      "a word that is none of the known ones",
      { packageManager: "yum" },
      ['"yum"', 'packageManager: expected one of "apt", "dnf", found "yum"'],
    ],
    ["another type", { release: 14 }, ["14", "release: expected string, found 14"]],
    ["what is missing", { title: undefined }, ["{", "title: is missing"]],
    [
      "a name that is no package's",
      { packages: { ...target.packages, virtiofsd: ["--privileged"] } },
      ['"--privileged"', 'packages.virtiofsd.0: expected a package name, found "--privileged"'],
    ],
    [
      "a digest that is cut",
      { image: { ...target.image, digest: { amd64: "sha256:12" } } },
      ['"sha256:12"', 'image.digest.amd64: expected sha256: and 64 hexadecimal digits, found "sha256:12"'],
    ],
    [
      "a repository of another package manager",
      { repositories: [{ id: "fedora" }] },
      ['{"id":"fedora"}', 'repositories.0: expected one with "suite", as apt has'],
    ],
    [
      "a bootstrap that makes no such root file system",
      { packageManager: "dnf", bootstrap: { tool: "mmdebstrap", suite: "forky" } },
      ['"mmdebstrap"', "bootstrap.tool: mmdebstrap makes no root file systems for dnf"],
    ],
    [
      "an architecture without a kernel",
      { arches: ["amd64", "arm64"] },
      ['{"amd64":["linux', "packages.kernel: names no package for arm64, which arches has"],
    ],
    [
      "a known issue of a check that is not there",
      { knownIssues: [{ check: "guest.virtiofz", url: "https://bugs.example.org/1", note: "Known" }] },
      [
        '"guest.virtiofz"',
        'knownIssues.0.check: there is no check "guest.virtiofz"; nearest: guest.virtiofs, guest.vsock, guest.network',
      ],
    ],
    [
      "a known issue of a scenario that is not there",
      { knownIssues: [{ check: "guest.vsock", scenario: "bots", url: "https://bugs.example.org/1", note: "Known" }] },
      ['"bots"', 'knownIssues.0.scenario: there is no scenario "bots"'],
    ],
    [
      "an id that is not the file's name",
      { id: "debian-15" },
      ['"debian-15"', 'id: is not the file\'s name, "debian-14"'],
    ],
    [
      "no source of its facts",
      { sources: [] },
      ["[]", "sources: Too small: expected array to have >=1 items, found []"],
    ],
  ])("says %s", (_, change, [begins, message]) => {
    const text = JSON.stringify({ ...target, ...change });
    const [found = ""] = troubles([{ path: "images/debian-14.json", text }]);
    const { column, said } = /^images\/debian-14\.json:1:(?<column>\d+): (?<said>.*)$/.exec(found)?.groups ?? {};
    expect(said).toBe(message);
    expect(text.slice(Number(column) - 1, Number(column) - 1 + (begins ?? "").length)).toBe(begins);
  });

  it("takes a repository for the kind that it comes nearest to", () => {
    const wrong = { ...target, repositories: [{ suite: "forky-backports", component: ["main"] }] };
    expect(troubles([targetFile(wrong)]).map(line => line.replace(/^[^ ]* /, ""))).toEqual([
      "repositories.0.components: is missing",
      'repositories.0.component: unknown key, expected one of "suite", "components", "prefer", "id", "baseurl"',
    ]);
  });

  it("says unknown workloads of a scenario", () => {
    const odd = { ...scenario, workloads: ["console", "vsok"] };
    expect(troubles([targetFile(target)], [file("scenarios/boots.json", odd)])).toEqual([
      expect.stringMatching(
        /^scenarios\/boots\.json:8:5: workloads\.1: expected one of "console", "virtiofs", .*, found "vsok"$/,
      ),
    ]);
  });

  it("says which file has the same id", () => {
    expect(troubles([targetFile(target), targetFile(target, "debian-13")])).toEqual([
      "images/debian-13.json:2:9: id: images/debian-14.json has the same id",
      'images/debian-13.json:2:9: id: is not the file\'s name, "debian-13"',
    ]);
  });

  it("says all that is wrong at once", () => {
    const wrong = { ...target, release: 14, packageManager: "yum" };
    expect(troubles([targetFile(wrong), { path: "images/x.json", text: "{" }])).toHaveLength(3);
  });
});
