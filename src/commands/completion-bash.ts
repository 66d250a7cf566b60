import type { CompletedCommand, Offered } from "./completion.ts";

function assigned(value: Offered): string {
  if (value === "file") return "kind=-f";
  if (value === "folder") return "kind=-d";
  return value === "nothing" ? ":" : `words='${value.join(" ")}'`;
}

function values({ name, options }: CompletedCommand): string[] {
  return options.flatMap(({ long, value }) =>
    value === undefined ? [] : [`    '${name} ${long}') ${assigned(value)} ;;`],
  );
}

function rest({ name, options, argument }: CompletedCommand): string {
  const flags = options.flatMap(({ short, long }) => (short === undefined ? [long] : [short, long]));
  const value = argument?.value ?? "nothing";
  const words = Array.isArray(value) ? [...flags, ...value] : flags;
  const files = value === "file" || value === "folder" ? ` ${assigned(value)}` : "";
  return `        *' ${name}') words='${words.join(" ")}'${files} ;;`;
}

/** For bash 4 and newer. */
export const bash = (commands: readonly CompletedCommand[]): string => `# kata-verify completion bash
_kata_verify() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local words='' kind='' found
  case "\${COMP_WORDS[1]} $previous" in
${commands.flatMap(values).join("\n")}
    *)
      case "$COMP_CWORD \${COMP_WORDS[1]}" in
        '1 '*) words='${commands.map(({ name }) => name).join(" ")} --help --version' ;;
${commands.map(rest).join("\n")}
      esac
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [ -n "$kind" ]; then
    compopt -o filenames 2>/dev/null
    mapfile -t found < <(compgen "$kind" -- "$current")
    COMPREPLY+=("\${found[@]}")
  fi
}
complete -F _kata_verify kata-verify
`;
