import type { CompletedCommand, CompletedOption, Offered } from "./completion.ts";

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const described = (about: string): string => about.replace(/[[\]:\\]/g, letter => `\\${letter}`);

function action(value: Offered): string {
  if (value === "file") return "_files";
  if (value === "folder") return "_files -/";
  return value === "nothing" ? " " : `(${value.join(" ")})`;
}

function option({ short, long, about, value, many }: CompletedOption): string {
  const after = `[${described(about)}]${value === undefined ? "" : `:value:${action(value)}`}`;
  if (short !== undefined) return `'(${short} ${long})'{${short},${long}}${quoted(after)}`;
  return quoted(`${many ? "*" : ""}${long}${after}`);
}

function branch({ name, options, argument }: CompletedCommand): string {
  const given = argument ? [quoted(`*:${argument.name}:${action(argument.value)}`)] : [];
  return `    ${name})
      _arguments \\
${[...options.map(option), ...given].map(line => `        ${line}`).join(" \\\n")}
      ;;`;
}

/** To be put as _kata-verify into a folder of fpath, or read by the shell. */
export const zsh = (commands: readonly CompletedCommand[]): string => `#compdef kata-verify
_kata_verify() {
  if (( CURRENT == 2 )); then
    local -a commands=(
${commands.map(({ name, about }) => `      ${quoted(`${name}:${described(about)}`)}`).join("\n")}
    )
    _describe command commands
    return
  fi
  local command=$words[2]
  words=("\${(@)words[2,-1]}")
  (( CURRENT-- ))
  case $command in
${commands.map(branch).join("\n")}
  esac
}
if [[ $funcstack[1] == _kata-verify ]]; then
  _kata_verify "$@"
else
  compdef _kata_verify kata-verify
fi
`;
