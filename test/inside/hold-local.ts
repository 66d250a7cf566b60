import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openLocalTestbed } from "../../src/testbeds/local/index.ts";

// A harness to be killed: opens a testbed, has a program and a daemon run in it, says so, and stays.
const [given = ""] = process.argv.slice(2);
const [standin, busybox] = await Promise.all(["standin", "busybox"].map(name => readFile(join(given, name))));
if (standin === undefined || busybox === undefined) throw new Error("no programs");
const testbed = await openLocalTestbed({ cache: join(given, "cache"), tools: { standin, busybox }, network: "none" });
const daemon = ["/run/kata-verify/standin", "spawn", "/tmp/pid", "/tmp/log", "--", "sleep", "4714"] as const;
await testbed.run({ argv: daemon, timeoutMs: 60_000 });
void testbed.run({ argv: ["sleep", "4713"], timeoutMs: 1_000_000 }).catch(() => {});
await testbed.run({ argv: ["true"], timeoutMs: 60_000 });
process.stdout.write("open\n");
setInterval(() => {}, 1000);
