import { readShimVersion, type ShimVersion } from "../../kata/shim-version.ts";
import type { KataFile } from "../../observe/kata/tree.ts";
import type { TarballOptions } from "../release/tarball.ts";
import { Unfit } from "../release/unfit.ts";

const place = "/run/kata-verify/shim";
const timeoutMs = 30_000;

/** What a shim says that it is, in a container that has nothing else. Rejects with `Unfit` where it says nothing of the kind. */
export async function askShim(shim: KataFile, { engine, tools, run, signal }: TarballOptions): Promise<ShimVersion> {
  const alone = { capabilities: [], devices: [], mounts: [], network: "none" } as const;
  await using container = await engine.start({ ...alone, image: tools, run });
  await container.put([{ path: place, contents: await shim.read(), mode: 0o755 }]);
  const stop = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]);
  const { code, stdout, stderr } = await container.exec([place, "--version"], { signal: stop });
  const said = [stdout, stderr]
    .map(bytes => Buffer.from(bytes).toString().trim())
    .join("\n")
    .trim();
  const version = readShimVersion(said);
  if (version !== undefined) return version;
  const line = said.split("\n")[0]?.slice(0, 200);
  throw new Unfit(`${shim.path} does not say which Kata it is: ${line || `it ended with ${code}`}`);
}
