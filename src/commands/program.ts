import { Argument, Command, CommanderError, Option } from "commander";
import { exits } from "../judge/exit.ts";
import { harmless } from "../reporters/text/inert.ts";
import { type Actions, actions, type Values } from "./actions.ts";
import type { Context } from "./context.ts";
import { bugReport } from "./last-resort.ts";
import { commands } from "./options.ts";
import type { ArgumentRow, CommandRow, OptionRow } from "./rows.ts";
import { usageHint } from "./usage-hint.ts";

declare const BUILD: { readonly version: string; readonly commit: string };

const fixed = (value: OptionRow["value"]) => (Array.isArray(value) ? [...(value as readonly string[])] : undefined);

function option({ flags, about, value, preset, conflicts }: OptionRow): Option {
  const made = new Option(flags, about);
  const choices = fixed(value);
  if (choices) made.choices(choices);
  if (preset !== undefined) made.default(preset);
  if (conflicts !== undefined) made.conflicts(conflicts);
  return made;
}

function argument({ name, about, value }: ArgumentRow): Argument {
  const made = new Argument(name, about);
  const choices = fixed(value);
  return choices && !name.includes("...") ? made.choices(choices) : made;
}

/** Terminals are wider than what is easily read; the top one's help is said by the build, for any of them. */
const help = { helpWidth: Math.min(80, process.stdout.columns ?? 80) };

/** What commander says of a mistake, as everything else here is said. */
const asOurs = (said: string): string =>
  said.replace(/^error: /, "kata-verify: ").replace(/^\(Did you mean (?:one of )?(.*)\?\)$/m, "Nearest: $1");

const outputError = (said: string, write: (text: string) => void): void => write(harmless(asOurs(said)));

function command(row: CommandRow, act: (values: Values) => Promise<void>): Command {
  const made = new Command(row.name).description(row.about).exitOverride().showSuggestionAfterError();
  made
    .configureHelp(help)
    .configureOutput({ outputError })
    .showHelpAfterError(usageHint(`kata-verify ${row.name}`));
  for (const one of row.arguments) made.addArgument(argument(one));
  for (const one of row.options) made.addOption(option(one));
  if (row.ending !== undefined) made.addHelpText("after", `\n${row.ending}`);
  return made.action(async () => act({ command: row.name, arguments: made.processedArgs, options: made.opts() }));
}

/** The exit code that a finished commander asks for: its usage errors are 1, which here is a verdict. */
const usage = (error: CommanderError): number => (error.exitCode === 0 ? exits.ok : exits.usage);

async function report(error: unknown, { err }: Context): Promise<number> {
  if (error instanceof CommanderError) return usage(error);
  if (error instanceof Error && "hint" in error) {
    err.write(harmless(`kata-verify: ${error.message}\n${String(error.hint)}\n`));
    return exits.usage;
  }
  const why = (await import("../observe/trouble.ts")).reasonOf(error);
  if (why) {
    err.write(harmless(`kata-verify: ${why.message}: ${why.detail}\nWhat to do: kata-verify explain ${why.code}\n`));
    return exits.inconclusive;
  }
  err.write(`${bugReport(error)}\n`);
  return exits.bug;
}

const at = (root: string): Context => ({
  root,
  env: process.env,
  out: process.stdout,
  err: process.stderr,
  clock: () => new Date().toISOString(),
});

/** Parses the arguments and runs the command that they name; resolves to the exit code and never rejects. */
export async function main(argv: readonly string[], root: string): Promise<number> {
  const context = at(root);
  const ended: { code: number } = { code: exits.ok };
  const program = new Command("kata-verify")
    .description("Decides, on evidence, whether the VMM and the kernel that a distro ships can run Kata Containers")
    .configureHelp(help)
    .version(`${BUILD.version} (${BUILD.commit})`)
    .exitOverride()
    .configureOutput({ outputError })
    .showHelpAfterError(usageHint("kata-verify"));
  for (const row of commands)
    program.addCommand(
      command(row, async values => {
        ended.code = await actions[row.name as keyof Actions](values, context);
      }),
    );
  try {
    await program.parseAsync(argv, { from: "user" });
    return ended.code;
  } catch (error) {
    return await report(error, context);
  }
}
