import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type Extra, wantedPackages } from "../images/install.ts";
import { withoutAddresses } from "../images/mask.ts";
import { openScratch, sweepScratch } from "../images/scratch.ts";
import type { PlannedCell } from "../model/cell.ts";
import type { Command, Seen } from "../model/command.ts";
import { UsageError } from "../model/failure.ts";
import type { Target } from "../model/target.ts";
import {
  aptElsewhere,
  aptFolders,
  type Change,
  type Changes,
  installChanges,
  readSimulation,
  simulate,
} from "../packages/apt-changes.ts";
import { packageManagers } from "../packages/index.ts";
import { holdSignals } from "./held.ts";
import { type Machine, which } from "./machine.ts";
import { childEnv, perform, type Say, typed } from "./perform.ts";

export interface LocalPreparation {
  readonly machine: Machine;
  readonly cells: readonly PlannedCell[];
  /** Whether to install without asking. */
  readonly setup: boolean;
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
  readonly say: Say;
  /** Folder for apt's indexes and archives: any user may enter it, and it need not be in memory. */
  readonly temporary?: string;
  /** The program that Debian's packages ask whether to start their daemons; where there is one, it stays as it is. */
  readonly policy?: string;
}

/** Says no: the daemons of this machine are those that its user has. */
export const policyText = "#!/bin/sh\n# kata-verify wrote this while it installed packages, and removes it\nexit 101\n";

const programs = ["unshare", "nsenter", "flock", "apt-get", "dpkg-query"];

/** Removes what a killed run left of its installation. */
async function sweep(temporary: string, policy: string): Promise<void> {
  await sweepScratch(temporary);
  if (existsSync(policy) && readFileSync(policy, "utf8") === policyText) rmSync(policy);
}

/** Throws UsageError where this machine itself can be no testbed of this user. */
export function mustBeAble(machine: Machine, files: readonly string[]): void {
  if (machine.user.id !== 0)
    throw new UsageError(
      "--testbed local opens namespaces of this machine and may install packages on it, which takes root",
      "Run the same command under sudo: sudo npm run verify -- …",
    );
  if (files.length > 0)
    throw new UsageError(
      "--with-package and --with-file would leave files on this machine that its distro does not ship",
      "Try them on another testbed: --testbed container or --testbed vm",
    );
  const lacking = programs.filter(program => which(machine, program) === undefined);
  if (lacking.length > 0)
    throw new UsageError(
      `--testbed local needs ${lacking.join(", ")} on this machine`,
      "They are of util-linux, apt and dpkg",
    );
}

async function run(machine: Machine, { argv, env }: Command, more: Readonly<Record<string, string>>): Promise<Seen> {
  const [program, ...rest] = argv;
  const startedAt = performance.now();
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const child = spawn(program, rest, { stdio: [...stdio], env: { ...childEnv(machine), ...env, ...more } });
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", code => resolve(code ?? 255));
  });
  const [stdout, stderr, code] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended]);
  const durationMs = performance.now() - startedAt;
  return { argv: [...argv], ending: { kind: "exited", code }, stdout: `${stdout}`, stderr: `${stderr}`, durationMs };
}

const also = ({ tier, kata }: PlannedCell): Extra[] =>
  tier !== "kata" ? [] : kata.source === "distro" ? ["containerd", "kata"] : ["containerd"];

function wanted(cells: readonly PlannedCell[]): string[] {
  const names = cells.flatMap(cell => wantedPackages(cell.target, cell.arch, also(cell)));
  return [...new Set(names)].sort();
}

const described = ({ name, version, from }: Change): string =>
  `  ${name} ${from === undefined ? version : `${from} → ${version}`}`;

function question({ installed }: Changes, target: Target): string {
  const count = installed.length === 1 ? "a package" : `${installed.length} packages`;
  return [`${target.title} on this machine itself takes ${count}, which would stay:`, ...installed.map(described)].join(
    "\n",
  );
}

/**
 * Installs what the cells want and this machine lacks, once the user allows it; resolves to what was installed. Throws UsageError with
 * the list and the command where nobody does, and where something would have to be removed.
 */
export async function prepareLocal(preparation: LocalPreparation): Promise<readonly Change[]> {
  const { machine, cells, say, temporary = "/var/tmp", policy = "/usr/sbin/policy-rc.d" } = preparation;
  const [first] = cells;
  if (first === undefined) return [];
  await sweep(temporary, policy);
  const manager = packageManagers.apt;
  const there = manager.readInstalled(await run(machine, manager.installed(), {})).map(({ name }) => name);
  const lacking = wanted(cells).filter(name => !there.includes(name));
  if (lacking.length === 0) return [];
  using _held = holdSignals();
  await using scratch = await openScratch(temporary);
  const config = join(scratch.path, "apt.conf");
  for (const part of aptFolders) await mkdir(join(scratch.path, part), { recursive: true });
  await writeFile(config, aptElsewhere(scratch.path));
  const elsewhere = { APT_CONFIG: config };
  const must = async (command: Command): Promise<Seen> => {
    const seen = await run(machine, command, elsewhere);
    if (seen.ending.kind === "exited" && seen.ending.code === 0) return seen;
    const lines = withoutAddresses(`${seen.stdout}\n${seen.stderr}`).trim().split("\n").slice(-8).join("\n");
    throw new UsageError(`${typed(command.argv)} failed on this machine\n${lines}`, "Nothing was installed");
  };
  say("looking for what this machine lacks; its own package indexes stay as they are");
  await must(manager.refresh());
  const offers = manager.readPolicy(await must(manager.policy(lacking)), first.target);
  const names = lacking.filter(name => (offers.get(name)?.candidate ?? null) !== null);
  if (names.length === 0) return [];
  const changes = readSimulation(await must(simulate(names)));
  await allow(preparation, changes, names, first.target);
  return await install({ machine, say, policy }, changes.installed, elsewhere);
}

async function allow(
  { setup, ask }: LocalPreparation,
  changes: Changes,
  names: readonly string[],
  target: Target,
): Promise<void> {
  const asked = question(changes, target);
  const command = typed(["apt-get", "install", "--no-install-recommends", ...names]);
  if (changes.removed.length > 0)
    throw new UsageError(
      `${asked}\nand would remove ${changes.removed.join(", ")}, which is for you to decide`,
      `Install them yourself: ${command}`,
    );
  if (setup || (await ask?.(`${asked}\nInstall them now?`))) return;
  throw new UsageError(asked, `Install them: ${command}\nOr add --setup, and it is done for you`);
}

async function install(
  { machine, say, policy }: Pick<LocalPreparation, "machine" | "say"> & { readonly policy: string },
  changes: readonly Change[],
  more: Readonly<Record<string, string>>,
): Promise<readonly Change[]> {
  const { argv, env } = installChanges(changes);
  const quiet = !existsSync(policy);
  if (quiet) writeFileSync(policy, policyText, { mode: 0o755 });
  try {
    const done = await perform({ ...machine, env: { ...machine.env, ...env, ...more } }, argv, say);
    if (!done)
      throw new UsageError("The packages could not be installed on this machine", "What apt-get says above tells why");
  } finally {
    if (quiet) rmSync(policy, { force: true });
  }
  say(`installed on this machine:\n${changes.map(described).join("\n")}`);
  return changes;
}
