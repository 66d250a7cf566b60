import { TestbedGone } from "../../model/testbed.ts";
import { type Channels, run, standinPath } from "./commands.ts";
import { ownFolder } from "./init.ts";
import { folders } from "./machine.ts";

/** A shell on the testbed's console, which is a terminal, again whenever it ends. */
const shellScript = `read -r consoles </sys/class/tty/console/active
console=/dev/\${consoles##* }
export TERM=vt220 PS1='testbed# '
cd
while :; do ${ownFolder}/busybox setsid -c /bin/sh -i <"$console" >"$console" 2>&1; sleep 1; done
`;

/** Connects somebody's terminal to it, in the container that QEMU runs in. Ctrl-C is the testbed's, so Ctrl-] is what leaves. */
export const enterArgv = ["socat", "-,raw,echo=0,escape=0x1d", `UNIX-CONNECT:${folders.own}/console`] as const;

/** Puts a shell on the testbed, for whoever connects when the harness has let go of the console. */
export async function startShell(channels: Channels): Promise<void> {
  const files = [`${ownFolder}/shell.pid`, `${ownFolder}/shell.log`];
  const argv = [standinPath, "spawn", ...files, "--", "sh", "-c", shellScript] as const;
  const { ending, stderr } = await run(channels, { argv, timeoutMs: 10_000 });
  if (ending.kind !== "exited" || ending.code !== 0)
    throw new TestbedGone(`no shell starts on the testbed: ${Buffer.from(stderr).toString().trim()}`);
}
