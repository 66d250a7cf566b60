import type { Observation } from "../../model/command.ts";
import { reason } from "../../model/reason.ts";
import { type Testbed, TestbedGone } from "../../model/testbed.ts";
import { cutShort } from "../../requirements/cut-short.ts";
import type { Boot } from "../../workloads/workload.ts";
import { token } from "../../workloads/workload.ts";
import { seen } from "../seen.ts";

/** What a look at the guest's console found. */
export interface Look {
  /** `found`, `ended` or `timedOut`. */
  readonly how: string;
  readonly mark: string | undefined;
  /** Bytes that the console said. */
  readonly seen: number;
  /** The console's last line. */
  readonly line: string;
  readonly observation: Observation;
}

const nothing = new Uint8Array();
const unseen: Observation = {
  ...{ argv: [], stdout: nothing, stderr: nothing, durationMs: 0 },
  ending: { kind: "timedOut", afterMs: 0 },
};

/** The look, or at an interrupt nothing: the command that looks ends by itself. */
export function soon(look: Promise<Look>, signal: AbortSignal): Promise<Look> {
  look.catch(() => {});
  return new Promise((resolve, reject) => {
    const stop = () => resolve({ how: "timedOut", mark: undefined, seen: 0, line: "", observation: unseen });
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    look.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** A look that ended without a word says nothing of the guest, and another one would end as fast. */
function blind(observation: Observation): TestbedGone {
  const what = "looking at the guest's console";
  const { message, detail, code } =
    cutShort(what, seen(observation)) ??
    reason("harness.output-unreadable", `${what} ended without a word`, new TextDecoder().decode(observation.stderr));
  return new TestbedGone(`${message} ${detail}`.trim(), code);
}

/**
 * Looks at the console until one of the marks is there, the VMM has ended, or the time is over. Rejects with `TestbedGone`, also where
 * the program that looks does not run.
 */
export async function lookAtConsole(
  { testbed, boot }: { readonly testbed: Testbed; readonly boot: Boot },
  marks: readonly string[],
  ms: number,
): Promise<Look> {
  const { standin, folder, nonce } = boot;
  const said = marks.map(mark => `${token(nonce)} ${mark}`);
  const observation = await testbed.run({
    argv: [standin, "await", `${folder}/console`, `${folder}/vmm.pid`, String(ms), ...said],
    timeoutMs: ms + 30_000,
  });
  const told = /^(\w+) (\d+|-) (\d+) (.*)/.exec(new TextDecoder().decode(observation.stdout));
  // One that the testbed was too slow for has taken all of its time.
  if (told === null && observation.ending.kind !== "timedOut") throw blind(observation);
  const [, how = "timedOut", number = "", count = "0", line = ""] = told ?? [];
  return { how, mark: marks[Number(number)], seen: Number(count), line, observation };
}
