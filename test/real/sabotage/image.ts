import type { Readable } from "node:stream";
import { follow } from "../../../src/testbeds/engine/progress.ts";
import type { Engine } from "../../../src/testbeds/engine.ts";
import { debianBase } from "../base-image.ts";
import { docker } from "../engine-socket.ts";

const label = "io.kata-verify.test";
const value = "sabotage";

/** What dpkg does as root. */
const capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "SETGID", "SETUID"] as const;

/**
 * Debian 13 with something done to it by a constant script, under that name in the registry at `host` and nowhere else.
 * Returns the reference. `files` are put there before.
 */
export async function publish(
  engine: Engine,
  host: string,
  name: string,
  script: string,
  files: readonly { readonly path: string; readonly contents: Uint8Array }[] = [],
): Promise<string> {
  const repo = `${host}/${name}`;
  await using container = await engine.start({
    image: await debianBase(engine),
    run: "test-sabotage",
    capabilities: [...capabilities],
    devices: [],
    mounts: [],
    network: "none",
  });
  await container.put(files);
  const { code, stderr } = await container.exec(["sh", "-ec", script]);
  if (code !== 0) throw new Error(`${name}: ${Buffer.from(stderr)}`);
  await container.commit({ [label]: value }, `${repo}:13`);
  const image = docker.getImage(`${repo}:13`);
  await follow((await image.push({ authconfig: { username: "", password: "" } })) as Readable);
  await image.remove({ force: true });
  return `${repo}:13`;
}

/** Removes what was pulled of them, and what was made of that: the engine tells the youngest first. */
export async function forgetImages(engine: Engine): Promise<void> {
  for (const { id } of await engine.images(`${label}=${value}`)) await engine.removeImage(id);
}
