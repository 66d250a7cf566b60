import type { CompletedCommand, CompletedOption, Offered } from "./completion.ts";

const quoted = (text: string): string => `'${text.replace(/['\\]/g, letter => `\\${letter}`)}'`;

function values(value: Offered | undefined): string {
  if (value === undefined) return "";
  if (value === "file") return " -r -F";
  if (value === "folder") return " -x -a '(__fish_complete_directories)'";
  return value === "nothing" ? " -x" : ` -x -a ${quoted(value.join(" "))}`;
}

function option(name: string, { short, long, about, value }: CompletedOption): string {
  const flags = `${short === undefined ? "" : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
  return `complete -c kata-verify -n '__fish_seen_subcommand_from ${name}'${flags}${values(value)} -d ${quoted(about)}`;
}

function command({ name, about, options, argument }: CompletedCommand): string[] {
  const given = argument ? values(argument.value) : "";
  return [
    `complete -c kata-verify -n __fish_use_subcommand -a ${name} -d ${quoted(about)}`,
    ...options.map(one => option(name, one)),
    ...(given === "" ? [] : [`complete -c kata-verify -n '__fish_seen_subcommand_from ${name}'${given}`]),
  ];
}

/** To be put as kata-verify.fish where fish looks for completions. */
export const fish = (commands: readonly CompletedCommand[]): string =>
  `${["complete -c kata-verify -f", "complete -c kata-verify -n __fish_use_subcommand -l version -d 'which version this is'", ...commands.flatMap(command)].join("\n")}\n`;
