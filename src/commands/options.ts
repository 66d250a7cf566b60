import { certify } from "./certify-row.ts";
import {
  arch,
  type CommandRow,
  catalog,
  json,
  kata,
  requires,
  runtime,
  scenario,
  targets,
  testbed,
  tier,
  workloads,
} from "./rows.ts";

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

const matrixExits = `Exit code:
  0    the pages are made of all that was found
  2    a mistake in the command or the catalog; or a verdict cannot be used, and the
       pages are made of all others`;

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
      { flags: "--with-file <part=file...>", about: "take a part that you built: virtiofsd=PATH", value: "file" },
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
      { flags: "--github", about: "as the matrix of a GitHub Actions workflow", conflicts: "json" },
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
  certify,
  {
    name: "matrix",
    about: "fold verdicts into the support matrix, and make its pages",
    arguments: [{ name: "<results...>", about: "folders of verdicts that our own runners saw", value: "folder" }],
    options: [
      {
        flags: "--reported <dir...>",
        about: "folders of others: what they saw is never more than provisional",
        value: "folder",
      },
      {
        flags: "--out <dir>",
        about: "folder for the pages; an earlier one is replaced",
        value: "folder",
        preset: "site",
      },
      { flags: "--max-age <days>", about: "days after which a run no longer answers", value: "nothing", preset: "180" },
      catalog,
    ],
    ending: matrixExits,
  },
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
        value: [
          "target",
          "scenario",
          "verdict",
          "evidence",
          "journal",
          "manifest",
          "matrix",
          "os-facts",
          "osinfo",
          "bundle",
        ],
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
    name: "osinfo",
    about: "print what is known of distro releases, for programs",
    arguments: [{ name: "[target]", about: "all when absent", value: "targets" }],
    options: [
      { flags: "--detect", about: "say what is known and unknown of the release that this machine runs" },
      {
        flags: "--export <form>",
        about: "a drop-in for Kata, values for kata-deploy, a shell script, or how to build what lacks",
        value: ["kata", "helm", "shell", "build"],
      },
      { ...arch, about: "architecture for --export", preset: "amd64" },
      {
        flags: "--results <dir...>",
        about: "evidence to go by (default: what the project has recorded)",
        value: "folder",
      },
      catalog,
      json("what --detect says, as JSON"),
    ],
  },
  {
    name: "completion",
    about: "print a shell's completions",
    arguments: [{ name: "<shell>", about: "which shell", value: ["bash", "zsh", "fish"] }],
    options: [],
  },
];
