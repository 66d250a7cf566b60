import { TestbedGone } from "../../model/testbed.ts";
import { type Channels, run, standinPath } from "./commands.ts";
import { ownFolder, shellPort } from "./init.ts";
import { folders } from "./machine.ts";

/** A shell on the port, again whenever it ends; a port reads as ended while nobody is at the runner's side. */
const shellScript = `for one in /sys/class/virtio-ports/*; do
  read -r name <"$one/name" && [ "$name" = ${shellPort} ] && device=/dev/\${one##*/}
done
while [ -c "$device" ]; do sh -i <"$device" >"$device" 2>&1; sleep 1; done
`;

/** What connects somebody, in the container that QEMU runs in, to the testbed's shell. */
export const enterArgv = ["socat", "STDIO", `UNIX-CONNECT:${folders.own}/shell`] as const;

/** Puts a shell on the testbed, for whoever connects. Rejects when the testbed is gone. */
export async function startShell(channels: Channels): Promise<void> {
  const files = [`${ownFolder}/shell.pid`, `${ownFolder}/shell.log`];
  const argv = [standinPath, "spawn", ...files, "--", "sh", "-c", shellScript] as const;
  const { ending, stderr } = await run(channels, { argv, timeoutMs: 10_000 });
  if (ending.kind !== "exited" || ending.code !== 0)
    throw new TestbedGone(`no shell starts on the testbed: ${Buffer.from(stderr).toString().trim()}`);
}
