import type { Observation } from "../../model/command.ts";
import type { Testbed } from "../../model/testbed.ts";
import type { Boot } from "../../workloads/workload.ts";
import { token } from "../../workloads/workload.ts";

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

/** Looks at the console until one of the marks is there, the VMM has ended, or the time is over. */
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
  const [, how = "timedOut", number = "", seen = "0", line = ""] =
    /^(\w+) (\d+|-) (\d+) (.*)/.exec(new TextDecoder().decode(observation.stdout)) ?? [];
  return { how, mark: marks[Number(number)], seen: Number(seen), line, observation };
}
