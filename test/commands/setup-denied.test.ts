import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { probe } from "../../src/commands/probe.ts";
import { prepareRunner } from "../../src/commands/setup.ts";
import { stopStarted } from "../../src/commands/started.ts";
import { UsageError } from "../../src/model/failure.ts";
import { answeringDaemon, fakeMachine } from "./fake-machine.ts";

// Nothing is closed to root, whom the tests may run as: what ends so is, until `opened` lies beside it.
vi.mock("node:fs", async original => {
  const real = await original<typeof import("node:fs")>();
  const accessSync: typeof real.accessSync = (path, mode) => {
    if (!`${path}`.endsWith("/engine.sock") || real.existsSync(`${path}`.replace("engine.sock", "opened")))
      return real.accessSync(path, mode);
    throw Object.assign(new Error("EACCES"), { code: "EACCES" });
  };
  return { ...real, accessSync };
});

const user = { id: 1000, name: "ada" };
const needs = ["engine"] as const;

const sudo = `#!/bin/sh
echo "sudo $*" >>"$FAKE/ran"
shift
[ "$1" != chown ] || exec cp /dev/null "$FAKE/opened"
exec "$@"
`;

function machineWithSudo() {
  const at = fakeMachine({ user });
  at.program("sudo", sudo);
  at.program("dockerd", answeringDaemon);
  const socket = `${at.machine.env["FAKE"]}/engine.sock`;
  return { at, socket };
}

it("a socket in a folder that this user may not enter is not taken for one that is there", async () => {
  const { at, socket } = machineWithSudo();
  using _ = at;
  expect(existsSync(socket)).toBe(false);
  expect((await probe(at.machine, needs))[0]?.found.kind).toBe("stopped");
});

it("no file that is not a socket becomes this user's", async () => {
  const { at, socket } = machineWithSudo();
  using _ = at;
  at.program("dockerd", "#!/bin/sh\nexit 1\n");
  writeFileSync(socket, "");
  await expect(prepareRunner({ ...at, needs, setup: true })).rejects.toBeInstanceOf(UsageError);
  expect(at.ran().filter(line => line.includes("chown"))).toEqual([]);
});

it("an engine that was killed is started, though its socket is still there and is root's", async () => {
  const { at, socket } = machineWithSudo();
  using _ = at;
  const env = { PATH: process.env["PATH"] ?? "", ...at.machine.env };
  const killed = spawn(`${at.machine.search[0]}/dockerd`, { env });
  await expect.poll(() => existsSync(socket)).toBe(true);
  killed.kill("SIGKILL");
  await once(killed, "close");
  expect((await probe(at.machine, needs))[0]?.found.kind).toBe("denied");
  try {
    await prepareRunner({ ...at, needs, setup: true });
    expect((await probe(at.machine, needs))[0]?.found.kind).toBe("ready");
  } finally {
    await stopStarted(at.machine, at.say);
  }
});

it("nothing is started here for an engine that is elsewhere", async () => {
  const { at } = machineWithSudo();
  using _ = at;
  const machine = { ...at.machine, env: { ...at.machine.env, DOCKER_HOST: "tcp://127.0.0.1:1" } };
  vi.stubEnv("DOCKER_HOST", "tcp://127.0.0.1:1");
  const trouble = await prepareRunner({ ...at, machine, needs, setup: true }).catch(error => error);
  vi.unstubAllEnvs();
  expect(trouble).toBeInstanceOf(UsageError);
  expect(trouble.message).toContain("tcp://127.0.0.1:1: connect ECONNREFUSED");
  expect(trouble.message).not.toContain("dockerd is installed");
  expect(trouble.hint).toBe("Start it where DOCKER_HOST says, tcp://127.0.0.1:1, or unset DOCKER_HOST");
  expect(at.ran()).toEqual([]);
  expect(at.said).toEqual([]);
});
