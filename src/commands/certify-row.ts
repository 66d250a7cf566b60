import { arch, type CommandRow, catalog, kata, requires, runtime, testbed } from "./rows.ts";

const certifyExits = `Exit code:
  0    the bundle is in order, its claim is what its evidence says, and all that is required passed
  1    what it claims is false, or something that is required failed
  2    a mistake in the command, or a file that is no bundle, or one that was changed
  3    could not tell: a check that is required was left out or could not be told, or nothing ran under KVM
Without --check the bundle is written only where the exit code is 0. A run that does not end well has that of verify.`;

export const certify: CommandRow = {
  name: "certify",
  about: "run what a release of Kata's requires and bundle the evidence, or check such a bundle",
  arguments: [{ name: "[target]", about: "the release to run it on", value: "targets" }],
  options: [
    { flags: "--from <results>", about: "run nothing: bundle what verify left for a target", value: "folder" },
    {
      flags: "--check <bundle>",
      about: "check a bundle, in memory, and say what is left to a person",
      value: "file",
    },
    { flags: "--contact <text>", about: "whom to ask about the bundle: an address or a page", value: "nothing" },
    {
      flags: "--bundle <file>",
      about: "where to write it (default: TARGET-ARCH-kata-RELEASE.tar.gz)",
      value: "file",
    },
    {
      flags: "--key <file>",
      about: "sign with this private key; with --check: that of the signer, public",
      value: "file",
    },
    {
      flags: "--release <version>",
      about: "for which release of Kata's (default: the pinned one)",
      value: "nothing",
    },
    {
      flags: "--challenge <word>",
      about: "a word of the reviewer's that the run is to have; asked for by --check",
      value: "nothing",
    },
    {
      flags: "--known <file>",
      about: "runs, and nonces of guests, that were submitted before, one a line",
      value: "file",
    },
    { flags: "--max-age <days>", about: "refuse what ran before that", value: "nothing", preset: "90" },
    requires,
    arch,
    testbed,
    kata,
    runtime,
    { flags: "--out <dir>", about: "folder for the run's results", value: "folder", preset: "results" },
    { flags: "--jobs <n>", about: "cells at the same time", value: "nothing", preset: "1" },
    { flags: "--deadline <duration>", about: "end the run by then, such as 45m", value: "nothing" },
    { flags: "--no-cache", about: "make every root file system and snapshot anew" },
    catalog,
    { flags: "--json", about: "what came out, on standard output" },
    { flags: "--setup", about: "install and start what this machine lacks" },
    { flags: "-q, --quiet", about: "no progress" },
    { flags: "-v, --verbose", about: "each step that was observed" },
  ],
  ending: certifyExits,
};
