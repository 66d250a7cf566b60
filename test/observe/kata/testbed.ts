import type { Command, Ending, Observation } from "../../../src/model/command.ts";
import type { Testbed } from "../../../src/model/testbed.ts";
import type { TestbedKind } from "../../../src/model/words.ts";

export interface Answered {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly ending?: Ending;
}

export interface ScriptedTestbed extends Testbed {
  readonly ran: Command[];
  readonly written: { readonly path: string; readonly contents: string; readonly mode: number | undefined }[];
}

/** Answers each command by what is in it: the first key that is found there. */
export function scriptedTestbed(
  answers: Readonly<Record<string, Answered>>,
  kind: TestbedKind = "vm",
): ScriptedTestbed {
  const ran: Command[] = [];
  const written: { path: string; contents: string; mode: number | undefined }[] = [];
  return {
    kind,
    ran,
    written,
    run: async (command): Promise<Observation> => {
      ran.push(command);
      const { argv } = command;
      const [, answer = {}] = Object.entries(answers).find(([part]) => argv.join("\n").includes(part)) ?? [];
      const stdout = Buffer.from(answer.stdout ?? "");
      const ending = answer.ending ?? ({ kind: "exited", code: 0 } as const);
      const stderr = Buffer.from(answer.stderr ?? "");
      return { argv, ending, stdout, stderr, durationMs: 1 };
    },
    write: async (path, contents, mode) => {
      written.push({ path, contents: Buffer.from(contents).toString(), mode });
    },
    fetch: async () => new Uint8Array(),
    [Symbol.asyncDispose]: async () => {},
  };
}
