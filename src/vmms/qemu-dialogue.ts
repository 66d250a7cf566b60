import type { Seen } from "../model/command.ts";
import { reading } from "./reading.ts";

/** A QMP command; its `id` comes back in the reply. */
export interface Request {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly id: string;
}

/** What QEMU replied to one request. */
export type Reply =
  | { readonly kind: "return"; readonly value: unknown }
  | { readonly kind: "error"; readonly message: string }
  /** QEMU ended, or never began to talk. */
  | { readonly kind: "none" };

/**
 * A whole conversation as standard input, ending in `quit`. QEMU reads the next request only when the one before is
 * done (as long as out-of-band is not asked for), so that nothing of it is lost when the input ends.
 */
export const dialogue = (requests: readonly Request[]): string =>
  [{ execute: "qmp_capabilities", id: "capabilities" }, ...requests, { execute: "quit", id: "quit" }]
    .map(request => `${JSON.stringify(request)}\n`)
    .join("");

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** The first message of each id. */
const messages = reading((seen): ReadonlyMap<unknown, Readonly<Record<string, unknown>>> => {
  const first = new Map<unknown, Readonly<Record<string, unknown>>>();
  for (const line of seen.stdout.split("\n")) {
    const message = parse(line);
    if (message !== undefined && !first.has(message["id"])) first.set(message["id"], message);
  }
  return first;
});

/** The reply to the request with that id. */
export function reply(seen: Seen, id: string): Reply {
  const found = messages(seen).get(id);
  if (found === undefined) return { kind: "none" };
  const error = found["error"] as { desc?: unknown } | undefined;
  if (error) return { kind: "error", message: String(error.desc) };
  return { kind: "return", value: found["return"] };
}

/** The `name` of each entry of a returned list, such as `query-commands` and `device-list-properties` give. */
export function names(answer: Reply): ReadonlySet<string> {
  const entries = answer.kind === "return" && Array.isArray(answer.value) ? (answer.value as { name?: unknown }[]) : [];
  return new Set(entries.map(entry => String(entry.name)));
}
