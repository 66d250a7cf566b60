import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { prerequisiteIds } from "../../src/commands/prerequisites.ts";
import { probe } from "../../src/commands/probe.ts";
import { prepareRunner } from "../../src/commands/setup.ts";
import { record, stopStarted } from "../../src/commands/started.ts";
import { UsageError } from "../../src/model/failure.ts";
import { startTime } from "../../src/testbeds/start-time.ts";
import { answeringDaemon, fakeApt, fakeMachine } from "./fake-machine.ts";

const needs = prerequisiteIds;
const never = async (): Promise<boolean> => {
  throw new Error("nobody is to be asked");
};
const lock = "-o DPkg::Lock::Timeout=300";

async function refusal(run: Promise<void>): Promise<UsageError> {
  const error = await run.then(
    () => undefined,
    reason => reason,
  );
  expect(error).toBeInstanceOf(UsageError);
  return error;
}

describe("a machine without anything", () => {
  it("names what lacks, why, and the command that installs it, and runs nothing", async () => {
    using at = fakeMachine();
    at.program("apt-get", fakeApt);
    const { message, hint } = await refusal(prepareRunner({ ...at, needs, setup: false }));
    expect(message).toMatch(/Docker or Podman: every root file system .*\n.*no container engine answers/);
    expect(message).toContain("mmdebstrap: it makes Debian's root file systems");
    expect(message).toContain("flock: ");
    expect(hint).toBe(
      `Install: env DEBIAN_FRONTEND=noninteractive apt-get ${lock} install -y docker.io mmdebstrap debian-archive-keyring uidmap util-linux\n` +
        "Or add --setup, and it is done for you",
    );
    expect(at.ran()).toEqual([]);
    expect(at.said).toEqual([]);
  });

  it("asks the person at the terminal, and takes no for an answer", async () => {
    using at = fakeMachine();
    at.program("apt-get", fakeApt);
    const questions: string[] = [];
    const ask = async (question: string) => questions.push(question) > 1;
    await refusal(prepareRunner({ ...at, needs, setup: false, ask }));
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatch(/mmdebstrap(.|\n)*Do it now\?$/);
    expect(at.ran()).toEqual([]);
  });

  it.each([
    ["with --setup", true, never],
    ["after a yes", false, async () => true],
  ])("installs and starts what lacks %s, saying each command first, and can stop it again", async (_, setup, ask) => {
    using at = fakeMachine();
    at.program("apt-get", fakeApt);
    await prepareRunner({ ...at, needs, setup, ask });
    const install = `${lock} install -y docker.io mmdebstrap debian-archive-keyring uidmap util-linux`;
    expect(at.ran()).toEqual([`apt-get ${lock} update`, `apt-get ${install}`]);
    expect(at.said).toEqual([
      `+ apt-get ${lock} update`,
      `+ env DEBIAN_FRONTEND=noninteractive apt-get ${install}`,
      expect.stringMatching(/^\+ dockerd >.*dockerd\.log 2>&1 &$/),
    ]);
    expect((await probe(at.machine, needs)).map(({ found }) => found.saw)).toEqual([
      "Docker 99.1",
      "mmdebstrap 1.3.5",
      "flock from util-linux 2.38.1",
    ]);

    expect(await stopStarted(at.machine, at.say)).toEqual([]);
    expect((await probe(at.machine, ["engine"]))[0]?.found.kind).toBe("stopped");
    expect(await stopStarted(at.machine, never)).toEqual([]);
  });

  it("is mmdebstrap only where this user can make a root file system with it", async () => {
    const saw = async (id: number, ...programs: string[]) => {
      using at = fakeMachine({ user: { id, name: "somebody" } });
      for (const name of ["mmdebstrap", ...programs]) at.program(name, "#!/bin/sh\necho 1.3.5\n");
      return (await probe(at.machine, ["mmdebstrap"]))[0]?.found;
    };
    expect(await saw(0)).toEqual({ kind: "ready", saw: "1.3.5" });
    for (const name of ["newuidmap", "fakechroot"]) expect((await saw(1000, name))?.kind).toBe("ready");
    const without = await saw(1000);
    expect(without).toMatchObject({ kind: "absent", saw: expect.stringMatching(/^1\.3\.5, but no newuidmap/) });
  });

  it("is one that is there and takes too long to say its version", async () => {
    using at = fakeMachine();
    at.program("mmdebstrap", "#!/bin/sh\nexec sleep 60\n");
    await prepareRunner({ ...at, needs: ["mmdebstrap"], setup: false, ask: never });
    expect(at.said).toEqual([]);
  }, 60_000);

  it("does nothing where nothing lacks", async () => {
    using at = fakeMachine();
    at.program("mmdebstrap", "#!/bin/sh\necho mmdebstrap 1.3.5\n");
    await prepareRunner({ ...at, needs: ["mmdebstrap"], setup: true, ask: never });
    expect(at.said).toEqual([]);
  });
});

describe("a user who is not root", () => {
  const user = { id: 1000, name: "ada" };

  it("goes through sudo, which may not ask where nobody is there to answer", async () => {
    using at = fakeMachine({ user });
    at.program("apt-get", fakeApt);
    at.program("sudo", '#!/bin/sh\necho "sudo $*" >>"$FAKE/ran"\nshift\nexec "$@"\n');
    await prepareRunner({ ...at, needs: ["mmdebstrap"], setup: true });
    expect(at.said[0]).toBe(`+ sudo -n apt-get ${lock} update`);
    expect(at.ran()[0]).toBe(`sudo -n apt-get ${lock} update`);
  });

  it("is told what to run as root where there is no sudo", async () => {
    using at = fakeMachine({ user });
    at.program("apt-get", fakeApt);
    const { hint } = await refusal(prepareRunner({ ...at, needs: ["mmdebstrap"], setup: true }));
    expect(hint).toBe(`Run as root: apt-get ${lock} update`);
    expect(at.ran()).toEqual([]);
  });
});

describe("when it does not help", () => {
  it("still names what lacks after an installation that failed", async () => {
    using at = fakeMachine();
    at.program("apt-get", "#!/bin/sh\nexit 100\n");
    const { message } = await refusal(prepareRunner({ ...at, needs: ["mmdebstrap"], setup: true }));
    expect(message).toContain("mmdebstrap");
  });

  it("goes on when only the package lists were not reached", async () => {
    using at = fakeMachine();
    at.program("apt-get", fakeApt.replace("\n", '\ncase "$*" in *update) exit 100; esac\n'));
    await prepareRunner({ ...at, needs: ["mmdebstrap"], setup: true });
    expect((await probe(at.machine, ["mmdebstrap"]))[0]?.found.kind).toBe("ready");
  });

  it("shows the last words of an engine that ends at once", async () => {
    using at = fakeMachine();
    at.program("dockerd", '#!/bin/sh\necho starting\necho "Devices cgroup is not mounted" >&2\nexit 1\n');
    const { message, hint } = await refusal(prepareRunner({ ...at, needs: ["engine"], setup: true }));
    expect(at.said.at(-1)).toMatch(
      /does not answer\. The end of .*dockerd\.log:\nstarting\nDevices cgroup is not mounted$/,
    );
    expect(message).toContain("dockerd is installed, but no container engine answers");
    expect(hint).toBe("Start: dockerd");
  });

  it("says so where no package manager is known", async () => {
    using at = fakeMachine();
    const { hint } = await refusal(prepareRunner({ ...at, needs: ["mmdebstrap"], setup: true }));
    expect(hint).toContain("This machine has no package manager that is known to have mmdebstrap");
  });
});

describe("stopping what was started", () => {
  it("leaves a process alone that only has the pid of one that was started", async () => {
    using at = fakeMachine();
    const other = spawn("sleep", ["60"]);
    try {
      const pid = other.pid ?? 0;
      record(at.machine, { kind: "daemon", what: "dockerd", pid, startTime: "1", asRoot: true });
      expect(await stopStarted(at.machine, at.say)).toEqual([]);
      expect(startTime(pid)).toBeDefined();
      expect(at.said).toEqual([]);
    } finally {
      other.kill("SIGKILL");
    }
  });

  it("leaves alone what ran before", async () => {
    using at = fakeMachine();
    at.program("dockerd", answeringDaemon);
    const env = { PATH: process.env["PATH"] ?? "", ...at.machine.env };
    const before = spawn(`${at.machine.search[0]}/dockerd`, { env });
    try {
      await expect.poll(async () => (await probe(at.machine, ["engine"]))[0]?.found.kind).toBe("ready");
      await prepareRunner({ ...at, needs: ["engine"], setup: true });
      expect(await stopStarted(at.machine, at.say)).toEqual([]);
      expect((await probe(at.machine, ["engine"]))[0]?.found.kind).toBe("ready");
    } finally {
      before.kill("SIGKILL");
    }
  });

  it("stops a service through its service manager, and keeps what would not stop", async () => {
    using at = fakeMachine();
    at.program("systemctl", '#!/bin/sh\necho "systemctl $*" >>"$FAKE/ran"\nexit 1\n');
    record(at.machine, {
      kind: "service",
      what: "dockerd",
      stop: ["systemctl", "stop", "docker.service"],
      asRoot: true,
    });
    expect(await stopStarted(at.machine, at.say)).toEqual(["dockerd"]);
    expect(await stopStarted(at.machine, at.say)).toEqual(["dockerd"]);
    expect(at.ran()).toEqual(["systemctl stop docker.service", "systemctl stop docker.service"]);
  });
});
