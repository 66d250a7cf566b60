import type Docker from "dockerode";
import type { ContainerSpec } from "../engine.ts";
import { keptMark } from "./kept.ts";
import { ownerLabel, runLabel } from "./owner.ts";
import { seccomp } from "./seccomp.ts";

/**
 * The main process waits for the end of its standard input, which the harness holds: when the harness dies, however it
 * dies, the container ends, unless the harness has marked it to be kept. The shell stays because a shell that waits collects
 * every orphan; `cat` would not.
 */
const lifeline = ["sh", "-c", `cat >/dev/null; while [ -e ${keptMark} ]; do sleep 2; done`];

/** Engines' default profiles refuse what virtiofsd's sandbox and a VMM do, whatever capabilities they were given. */
const security = (confinement: "vmm" | "containers", maker: Maker) => [
  // Podman's service takes the name of a file on its own disk, not a profile.
  `seccomp=${maker === "Docker" ? JSON.stringify(seccomp[confinement]) : "unconfined"}`,
  "apparmor=unconfined",
  "label=disable",
];

export type Maker = "Docker" | "Podman";

/** What the types of dockerode lack, of the engines' own interface. */
interface CgroupOptions {
  readonly CgroupnsMode?: "private";
}

/**
 * What the engine is asked to create. Where containers run inside, `unified` says that the engine's machine has cgroups of version 2
 * only: they are then of the container's own namespace even where the engine was set to show it those of the whole machine.
 */
export function containerOptions(
  spec: ContainerSpec,
  owner: string,
  maker: Maker,
  unified = false,
): Docker.ContainerCreateOptions {
  const { confinement = "engine" } = spec;
  const cgroups: CgroupOptions = unified ? { CgroupnsMode: "private" } : {};
  return {
    Image: spec.image,
    Entrypoint: lifeline,
    Cmd: [],
    WorkingDir: "/",
    User: spec.user ?? "0:0",
    Env: Object.entries(spec.env ?? {}).map(([name, value]) => `${name}=${value}`),
    Labels: { [runLabel]: spec.run, [ownerLabel]: owner },
    Tty: false,
    AttachStdin: true,
    OpenStdin: true,
    StdinOnce: true,
    Healthcheck: { Test: ["NONE"] },
    HostConfig: {
      ...cgroups,
      AutoRemove: true,
      LogConfig: { Type: "none", Config: {} },
      NetworkMode: spec.network,
      CapDrop: ["ALL"],
      CapAdd: [...spec.capabilities],
      SecurityOpt: ["no-new-privileges", ...(confinement === "engine" ? [] : security(confinement, maker))],
      Devices: spec.devices.map(path => ({ PathOnHost: path, PathInContainer: path, CgroupPermissions: "rw" })),
      GroupAdd: [...(spec.groups ?? [])],
      ...(spec.shmMiB === undefined ? {} : { ShmSize: spec.shmMiB * 2 ** 20 }),
      ...(spec.cpuShares === undefined ? {} : { CpuShares: spec.cpuShares }),
      // Engines mount it noexec unless told otherwise.
      Tmpfs: Object.fromEntries((spec.tmpfs ?? []).map(path => [path, "rw,exec,mode=755"])),
      Mounts: spec.mounts.map(mount => ({
        Type: "bind",
        Source: mount.source,
        Target: mount.target,
        ReadOnly: mount.readOnly,
      })),
    },
  };
}
