import { bash } from "./completion-bash.ts";
import { fish } from "./completion-fish.ts";
import { zsh } from "./completion-zsh.ts";
import { commands } from "./options.ts";
import type { Offer, OptionRow } from "./rows.ts";

/** The names that the options' table leaves to the catalog and the code table. */
export type Names = Readonly<Record<"targets" | "scenarios" | "codes", readonly string[]>>;

/** What a shell offers: words, or what it finds on the disk, or nothing at all. */
export type Offered = readonly string[] | "file" | "folder" | "nothing";

export interface CompletedOption {
  /** `-q`; absent for most. */
  readonly short: string | undefined;
  readonly long: string;
  readonly about: string;
  /** Absent where it takes no value. */
  readonly value: Offered | undefined;
  /** Whether it may be given again. */
  readonly many: boolean;
}

export interface CompletedCommand {
  readonly name: string;
  readonly about: string;
  readonly options: readonly CompletedOption[];
  readonly argument: { readonly name: string; readonly value: Offered } | undefined;
}

function offered(offer: Offer, names: Names): Offered {
  return offer === "targets" || offer === "scenarios" || offer === "codes" ? names[offer] : offer;
}

function option({ flags, about, value }: OptionRow, names: Names): CompletedOption {
  const { short, long = "" } = /^(?:(?<short>-\w), )?(?<long>--[a-z-]+)/.exec(flags)?.groups ?? {};
  const given = value === undefined ? undefined : offered(value, names);
  return { short, long, about, value: given, many: flags.endsWith("...>") };
}

/** The table of commands as shells want it: names filled in, and --help, which every command has. */
export function completedCommands(names: Names): CompletedCommand[] {
  return commands.map(({ name, about, options, arguments: [argument] }) => ({
    name,
    about,
    options: [...options.map(one => option(one, names)), option({ flags: "--help", about: "what it takes" }, names)],
    argument: argument && { name: argument.name.replace(/[^a-z]/g, ""), value: offered(argument.value, names) },
  }));
}

/** One file a shell, one line here. */
const shells = { bash, zsh, fish } as const;
export type Shell = keyof typeof shells;

/** A script for the shell to read; it asks nothing of this program, and never evaluates what was typed. */
export function completion(shell: Shell, names: Names): string {
  return shells[shell](completedCommands(names));
}
