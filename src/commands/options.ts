import { certifyRow } from "./certify-row.ts";

/** What a shell can offer for a word: fixed words, names of the catalog or of the reason codes, files, or folders. */
export type Offer = readonly string[] | "targets" | "scenarios" | "codes" | "file" | "folder" | "nothing";

export interface OptionRow {
  /** As commander reads them: `-q, --quiet`, `--tier <tier>`, `--scenario <id...>`, `--no-cache`. */
  readonly flags: string;
  readonly about: string;
  /** What its value may be; fixed words are also all that is accepted. Absent where it takes none. */
  readonly value?: Offer;
  readonly preset?: string;
}

export interface ArgumentRow {
  /** As commander reads it: `<code>`, `[target...]`. */
  readonly name: string;
  readonly about: string;
  readonly value: Offer;
}

export interface CommandRow {
  readonly name: string;
  readonly about: string;
  readonly arguments: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
  /** What --help says at its end. */
  readonly ending?: string;
}

// The words below are those of the model, written out: reading them there would load zod for --help. A test compares.
const scenario: OptionRow = {
  flags: "--scenario <id...>",
  about: "what to put together and exercise; all: every scenario (default: qemu-distro-kernel)",
  value: "scenarios",
};
const tier: OptionRow = {
  flags: "--tier <tier>",
  about: "how far to go",
  value: ["contract", "guest", "kata"],
  preset: "kata",
};
const arch: OptionRow = {
  flags: "--arch <arch>",
  about: "architecture of the distro's packages (default: this machine's)",
  value: ["amd64", "arm64"],
};
const testbed: OptionRow = {
  flags: "--testbed <kind>",
  about: "where the distro's packages run",
  value: ["auto", "container", "vm", "local"],
  preset: "auto",
};
const kata: OptionRow = {
  flags: "--kata <source>",
  about: "Kata's own binaries: release, distro, or the path of an unpacked /opt/kata or a tarball of it",
  value: "file",
  preset: "release",
};
const runtime: OptionRow = {
  flags: "--runtime <runtime>",
  about: "Kata's runtime (default: the one that this Kata starts by itself)",
  value: ["rust", "go"],
};
const workloads: OptionRow = {
  flags: "--workloads <which>",
  about: "what containers do: what decides, or also what annotates",
  value: ["gating", "all"],
  preset: "gating",
};
const catalog: OptionRow = {
  flags: "--catalog <dir>",
  about: "folder with images/ and scenarios/ (default: the project's own)",
  value: "folder",
};
const requires: OptionRow = {
  flags: "--require <what>",
  about: "count what ran on an emulated processor as inconclusive",
  value: ["kvm"],
};
const json = (about: string): OptionRow => ({ flags: "--json", about });
const targets = (name: string): ArgumentRow => ({
  name,
  about: "distro releases, such as debian-13",
  value: "targets",
});

const verifyExits = `Exit code:
  0    every cell is supported, provisional or not applicable, and at least one check passed
  1    a cell is unsupported, and not for a known issue alone
  2    a mistake in the command or the catalog, or something is missing on this machine
  3    could not tell
  4    nothing ran
  70   a bug in the harness
  130, 143   interrupted; what was seen is on disk`;

const judgeExits = `Exit code: that of verify for the same results, and
  1    also where verdict.json or evidence.json differs from what was recorded
  2    also where results cannot be used; all others are judged
  3    also where there is evidence without its journal
The first of 1, 2, 3, 4 that holds for any of the results is the one for all of them.`;

/** Every command with its arguments and options; the program and the shells' completions are both made from it. */
export const commands: readonly CommandRow[] = [
  {
    name: "verify",
    about: "find out whether what these distros ship can run Kata Containers",
    arguments: [targets("<target...>")],
    options: [
      scenario,
      tier,
      arch,
      testbed,
      ...[kata, runtime, workloads],
      { flags: "--out <dir>", about: "folder for results", value: "folder", preset: "results" },
      { flags: "--jobs <n>", about: "cells at the same time", value: "nothing", preset: "1" },
      { flags: "--deadline <duration>", about: "end the run by then, such as 45m", value: "nothing" },
      requires,
      { flags: "--with-package <file...>", about: "install local package files on top, as candidates", value: "file" },
      { flags: "--keep <when>", about: "leave the testbed up, and say how to enter it", value: ["failed", "always"] },
      { flags: "--no-cache", about: "make every root file system and snapshot anew" },
      catalog,
      json("the verdict on standard output, progress on standard error"),
      { flags: "--setup", about: "install and start what this machine lacks" },
      { flags: "-q, --quiet", about: "no progress" },
      { flags: "-v, --verbose", about: "each step that was observed" },
    ],
    ending: verifyExits,
  },
  {
    name: "plan",
    about: "say what verify would do, and why, without doing it",
    arguments: [targets("[target...]")],
    options: [
      scenario,
      tier,
      arch,
      testbed,
      ...[kata, runtime, workloads],
      catalog,
      { flags: "--github", about: "as the matrix of a GitHub Actions workflow" },
      json("as JSON"),
    ],
  },
  {
    name: "judge",
    about: "judge recorded evidence again, and compare with the verdict beside it",
    arguments: [{ name: "<results...>", about: "folders that verify wrote", value: "folder" }],
    options: [requires, json("the verdict on standard output")],
    ending: judgeExits,
  },
  certifyRow({ requires, catalog, where: [arch, testbed, kata, runtime] }),
  {
    name: "list",
    about: "list what there is",
    arguments: [
      { name: "[what]", about: "targets when absent", value: ["targets", "scenarios", "workloads", "codes"] },
    ],
    options: [catalog, json("as JSON")],
  },
  {
    name: "explain",
    about: "explain the code of a failure",
    arguments: [{ name: "<code>", about: "such as virtiofsd.not-packaged", value: "codes" }],
    options: [json("as JSON")],
  },
  {
    name: "schema",
    about: "print the JSON Schema of a file",
    arguments: [
      {
        name: "<name>",
        about: "of which file",
        value: ["target", "scenario", "verdict", "evidence", "journal", "manifest", "bundle"],
      },
    ],
    options: [],
  },
  {
    name: "doctor",
    about: "say what this machine lacks; changes nothing",
    arguments: [],
    options: [json("as JSON")],
  },
  {
    name: "cache",
    about: "list what is cached, or remove what is old",
    arguments: [{ name: "[action]", about: "list when absent", value: ["list", "prune", "clear"] }],
    options: [
      {
        flags: "--max-age <days>",
        about: "prune what was not used for so many days",
        value: "nothing",
        preset: "30",
      },
      { flags: "--max-size <gib>", about: "prune the oldest above so many GiB", value: "nothing", preset: "20" },
      json("as JSON"),
    ],
  },
  {
    name: "completion",
    about: "print a shell's completions",
    arguments: [{ name: "<shell>", about: "which shell", value: ["bash", "zsh", "fish"] }],
    options: [],
  },
];
