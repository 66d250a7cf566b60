import { describe, expect, it } from "vitest";
import { advice } from "../../src/commands/advice.ts";
import { typed } from "../../src/commands/perform.ts";
import { neededFor } from "../../src/commands/prerequisites.ts";
import { installation } from "../../src/commands/runner-packages.ts";
import { howToStart } from "../../src/commands/start-engine.ts";
import { fakeMachine } from "./fake-machine.ts";

const root = { id: 0, name: "root" };
const user = { id: 1000, name: "ada" };

describe("howToStart", () => {
  it.each([
    ["dockerd", "systemd", user, "service", "systemctl start docker.service", true],
    ["dockerd", "openrc", user, "service", "rc-service docker start", true],
    ["dockerd", "none", user, "hand", "dockerd", true],
    ["podman", "systemd", root, "service", "systemctl start podman.socket", true],
    ["podman", "systemd", user, "service", "systemctl --user start podman.socket", false],
    ["podman", "openrc", user, "hand", "podman system service --time=0", false],
  ] as const)("%s under %s", (engine, services, who, by, argv, asRoot) => {
    const start = howToStart(engine, { services, user: who });
    expect({ by: start.by, argv: typed(start.argv), root: start.root }).toEqual({ by, argv, root: asRoot });
  });

  it("knows how to stop what it starts as a service", () => {
    expect(howToStart("podman", { services: "systemd", user })).toMatchObject({
      stop: ["systemctl", "--user", "stop", "podman.socket", "podman.service"],
    });
  });
});

describe("installation", () => {
  it.each([
    ["apt-get", "env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y docker.io"],
    ["dnf", "dnf install -y podman"],
    ["zypper", "zypper --non-interactive install docker"],
    ["pacman", "pacman -S --needed --noconfirm docker"],
    ["apk", "apk add docker"],
  ])("with %s", (program, command) => {
    using at = fakeMachine();
    at.program(program, "#!/bin/sh\n");
    expect(typed(installation(at.machine, ["engine"])?.install ?? [])).toBe(command);
  });

  it("names what the package manager has no package of", () => {
    using at = fakeMachine();
    at.program("pacman", "#!/bin/sh\n");
    expect(installation(at.machine, ["engine", "mmdebstrap"])?.unknown).toEqual(["mmdebstrap"]);
    expect(installation(at.machine, ["mmdebstrap"])).toBe(undefined);
  });
});

describe("neededFor", () => {
  const debian = { bootstrap: { tool: "mmdebstrap" as const, suite: "trixie", components: ["main"] } };

  it("asks for a bootstrap tool only where a target names one", () => {
    expect(neededFor([{}])).toEqual(["engine", "flock"]);
    expect(neededFor([{}, debian, debian])).toEqual(["engine", "flock", "mmdebstrap"]);
  });
});

describe("advice", () => {
  it("lets a user in who is kept out of the engine's socket", () => {
    using at = fakeMachine({ user });
    const found = { kind: "denied", saw: "", socket: "/var/run/docker.sock" } as const;
    expect(advice(at.machine, [{ id: "engine", found }])).toEqual([
      "Let yourself in, and log in again: sudo usermod -aG docker ada",
    ]);
  });
});
