import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { shutdown } from "../../src/workloads/shutdown.ts";
import { exampleBoot } from "./boot.ts";

const run = promisify(execFile);

it("looks at how both ended and at the sockets that are left, and says that it did", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kata-verify-shutdown-"));
  const [step] = shutdown.after?.({ ...exampleBoot, folder }) ?? [];
  const [program = "", ...rest] = step?.command.argv ?? [];
  const look = async () => (await run(program, rest)).stdout;
  for (const name of ["vmm.pid.ended", "virtiofsd.pid", "virtiofsd.pid.ended"])
    await writeFile(join(folder, name), "exited 0\n");
  const gone = "vmm exited 0\nvirtiofsd exited 0\n";
  expect(await look()).toBe(`${gone}looked\n`);
  const socket = join(folder, "left.sock");
  const server = createServer();
  await new Promise<void>(listening => server.listen(socket, listening));
  expect(await look()).toBe(`${gone}socket ${socket}\nlooked\n`);
  await new Promise(closed => server.close(closed));
  await rm(folder, { recursive: true });
});
