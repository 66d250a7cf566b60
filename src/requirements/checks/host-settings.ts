import { type Check, fail, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { said } from "./example.ts";
import { hostCheck, unread } from "./host-check.ts";

const always = "/proc/version";
const settings = (lines: readonly string[]) =>
  said([`${always}:Linux version 6.12`, ...lines].map(line => `${line}\n`).join(""), "", 2);

const setting = (seen: Seen, path: string): string | undefined =>
  seen.stdout
    .split("\n")
    .find(line => line.startsWith(`${path}:`))
    ?.slice(path.length + 1);

const ioUring = "/proc/sys/kernel/io_uring_disabled";
const controllers = "/sys/fs/cgroup/cgroup.controllers";

export const hostSettingChecks: readonly Check[] = [
  hostCheck({
    id: "io-uring",
    title: "io_uring may be used",
    gating: false,
    step: "host.settings",
    judge: seen => {
      if (setting(seen, always) === undefined) return unread(seen);
      const disabled = setting(seen, ioUring);
      // The setting came with Linux 6.6: a kernel without it cannot switch io_uring off.
      if (disabled === undefined) return pass("The kernel has no setting that could forbid it");
      return disabled === "0"
        ? pass("kernel.io_uring_disabled = 0")
        : fail("host.io-uring-disabled", `kernel.io_uring_disabled = ${disabled}`);
    },
    pass: settings([`${ioUring}:0`]),
    fail: settings([`${ioUring}:2`]),
  }),
  hostCheck({
    id: "cgroup",
    title: "cgroup v2",
    gating: false,
    step: "host.settings",
    judge: seen => {
      if (setting(seen, always) === undefined) return unread(seen);
      const has = setting(seen, controllers);
      return has === undefined ? fail("host.cgroup-v1") : pass(`Controllers: ${has}`);
    },
    pass: settings([`${controllers}:cpuset cpu io memory pids`]),
    fail: settings([`${ioUring}:0`]),
  }),
];
