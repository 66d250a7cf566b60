import { TestbedGone } from "../../model/testbed.ts";
import { EngineGone } from "../engine.ts";

/** Keeps calls to the engine from hanging: a call ends with its time-out, with its signal, or when the engine stops answering. */
export interface Watchdog {
  /** `work` is given a signal that says when nobody waits for it any more. Without `timeoutMs` only the engine's death ends it. */
  during<T>(what: string, work: (signal: AbortSignal) => Promise<T>, limits?: CallLimits): Promise<T>;
}

export interface CallLimits {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Patience {
  /** Milliseconds between two questions whether the engine is there, asked only while a call is open. */
  readonly everyMs: number;
  /** Milliseconds in which it must answer. */
  readonly answerMs: number;
}

/** How many times a call gets its time again from an engine that answers others meanwhile. */
const longest = 4;

const socketErrors = new Set(["ECONNREFUSED", "ECONNRESET", "ENOENT", "EPIPE", "ENOTFOUND", "ETIMEDOUT", "EACCES"]);

function isSocketError(error: unknown): boolean {
  return error instanceof Error && "code" in error && socketErrors.has(String(error.code));
}

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The engine's answer of no space is trouble of the runner whatever was asked. */
export function asTrouble(what: string, error: unknown): unknown {
  if (isSocketError(error)) return new EngineGone(`${what}: ${message(error)}`, { cause: error });
  if (error instanceof Error && error.message.includes("no space left on device")) {
    return new TestbedGone(`${what}: ${error.message}`, "infra.disk-full", { cause: error });
  }
  return error;
}

/**
 * dockerode's promises stay pending for ever when the daemon goes away after it sent the headers of an answer; its
 * `timeout` does not help and not every call of it takes a signal. So every call races against this.
 */
export function watchdog(ping: (signal: AbortSignal) => Promise<unknown>, patience: Patience): Watchdog {
  const open = new Set<(error: unknown) => void>();
  let next: NodeJS.Timeout | undefined;
  let answered = 0;

  const lookLater = () => {
    if (open.size > 0 && next === undefined) next = setTimeout(look, patience.everyMs);
  };

  async function look(): Promise<void> {
    next = undefined;
    const before = answered;
    try {
      await answerWithin(ping, patience.answerMs);
    } catch (error) {
      // One that answers others is there, and has more to do than it can: fifty commands at once take an emulated CPU minutes.
      if (answered > before && !isSocketError(error)) return lookLater();
      const gone = new EngineGone(`the container engine does not answer: ${message(error)}`, { cause: error });
      for (const end of [...open]) end(gone);
    }
    lookLater();
  }

  function during<T>(what: string, work: (signal: AbortSignal) => Promise<T>, limits: CallLimits = {}): Promise<T> {
    const { timeoutMs, signal: outer } = limits;
    outer?.throwIfAborted();
    const { promise, resolve, reject } = settleable<T>();
    const controller = new AbortController();
    const end = (error: unknown) => {
      reject(asTrouble(what, error));
      controller.abort(error);
    };
    const onAbort = () => end(outer?.reason);
    let seen = answered;
    let longer = longest;
    let timer: NodeJS.Timeout | undefined;
    const wait = () => {
      timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    };
    const late = () => {
      if (answered === seen || longer === 0) return end(new EngineGone(`${what}: no answer within ${timeoutMs} ms`));
      seen = answered;
      longer -= 1;
      wait();
    };
    wait();
    outer?.addEventListener("abort", onAbort);
    open.add(end);
    lookLater();
    work(controller.signal).then(value => {
      answered += 1;
      resolve(value);
    }, end);
    return promise.finally(() => {
      clearTimeout(timer);
      outer?.removeEventListener("abort", onAbort);
      open.delete(end);
      if (open.size > 0) return;
      clearTimeout(next);
      next = undefined;
    });
  }
  return { during: async (what, work, limits) => during(what, work, limits) };
}

async function answerWithin(ping: (signal: AbortSignal) => Promise<unknown>, ms: number): Promise<void> {
  const { promise, resolve, reject } = settleable<unknown>();
  const controller = new AbortController();
  const timer = setTimeout(() => {
    reject(new Error(`no answer to a ping within ${ms} ms`));
    controller.abort();
  }, ms);
  ping(controller.signal).then(resolve, reject);
  await promise.finally(() => clearTimeout(timer));
}

/** Promise.withResolvers, which Node 20 does not have. */
function settleable<T>() {
  let settle: { resolve: (value: T) => void; reject: (error: unknown) => void } | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  if (settle === undefined) throw new Error("a promise runs its executor at once");
  return { promise, ...settle };
}
