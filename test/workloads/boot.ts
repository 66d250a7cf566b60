import type { Boot } from "../../src/workloads/workload.ts";

export const exampleBoot: Boot = {
  arch: "amd64",
  nonce: "5eed5eed5eed5eed5eed5eed5eed5eed",
  folder: "/run/kata-verify/guest-5eed5eed",
  standin: "/run/kata-verify/standin",
  nested: false,
  vhostNet: true,
  aio: "io_uring",
  cid: 4711,
  mac: "02:5e:ed:5e:ed:00",
  tap: "kv5eed5eed",
  patienceMs: 10_000,
};
