import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { Preflight } from "../../model/runner.ts";
import { lookAtRunner, type RunnerLook } from "./kvm.ts";
import { signed } from "./processor.ts";

const read = (path: string) => readFile(path, "latin1").catch(() => "");

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const bootId = async () => (await read("/proc/sys/kernel/random/boot_id")).trim();

const folderIn = (cache: string) => join(cache, "preflight");

/** Where it is remembered what preflight saw with these tools, until the runner boots again. */
export const preflightFile = async (cache: string, toolsKey: string): Promise<string> =>
  join(folderIn(cache), `${await bootId()}-${toolsKey.slice(0, 16)}.json`);

/** What KVM refuses, it refuses until the runner boots again; not for want of memory or of rights, and not while another has it. */
const refusal = /KVM internal error|KVM: entry failed|failed to initialize kvm|Could not access KVM/i;
const passing = /Cannot allocate memory|Permission denied|busy/i;

/** Whether it is worth remembering. */
export const lasts = ({ kvm, saw }: Pick<Preflight, "kvm" | "saw">): boolean =>
  kvm !== "unusable" || (refusal.test(saw) && !passing.test(saw));

/** What was seen then, of a runner that is looked at again: its processor said who runs it, which only a program can ask. */
export function renewed(known: Preflight, look: Omit<RunnerLook, "device">): Preflight {
  const { unproven: _, ...seen } = known;
  return { ...seen, ...look, ...signed(look, known.signature) };
}

export async function recall(path: string): Promise<Preflight | undefined> {
  const known = Preflight.safeParse(parse(await read(path)));
  return known.success && lasts(known.data) ? known.data : undefined;
}

/** What an earlier run found out since the runner booted, with whichever tools, the latest; undefined where none did. Opens and boots nothing. */
export async function rememberedPreflight(cache: string, device?: string): Promise<Preflight | undefined> {
  const { device: there, ...common } = await lookAtRunner(device);
  if (!there) return undefined;
  const folder = folderIn(cache);
  const own = `${await bootId()}-`;
  const names = (await readdir(folder).catch(() => [])).filter(name => name.startsWith(own) && name.endsWith(".json"));
  const dated = names.map(async name => ({
    name,
    at: (await stat(join(folder, name)).catch(() => undefined))?.mtimeMs ?? 0,
  }));
  for (const { name } of (await Promise.all(dated)).sort((a, b) => b.at - a.at)) {
    const known = await recall(join(folder, name));
    if (known) return renewed(known, common);
  }
  return undefined;
}
