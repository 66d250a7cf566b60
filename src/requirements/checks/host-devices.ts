import { because, type Check, fail, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { hostDevices } from "../host.ts";
import { said } from "./example.ts";
import { hostCheck, unread } from "./host-check.ts";

interface Device {
  /** Whether it opened as the machine came up; otherwise after `modprobe`. */
  readonly byItself: boolean;
  readonly module: string;
  readonly opens: boolean;
}

/** `DEVICE node= opens= module= probed= node= opens=`, the last two after modprobe. */
const form = /^(\S+) node=\w+ opens=(\w+) module=(\S+) probed=\S+ node=\w+ opens=(\w+)$/gm;

const readDevices = (seen: Seen): ReadonlyMap<string, Device> =>
  new Map(
    [...seen.stdout.matchAll(form)].map(([, device = "", first, module = "", last]) => [
      device,
      { byItself: first === "yes", module, opens: last === "yes" },
    ]),
  );

const device = (path: string, module: string, first: "yes" | "no", last: "yes" | "no") =>
  `${path} node=${first} opens=${first} module=${module} probed=0 node=${last} opens=${last}\n`;
const devices = (first: "yes" | "no", last: "yes" | "no") =>
  said(hostDevices.map(row => device(row.device, row.module, first, last)).join(""));

export const hostDeviceChecks: readonly Check[] = [
  hostCheck({
    id: "devices",
    title: "The device nodes that Kata opens",
    gating: true,
    step: "host.devices",
    judge: seen => {
      const found = readDevices(seen);
      if (found.size === 0) return unread(seen);
      const missing = hostDevices.filter(row => !found.get(row.device)?.opens);
      return missing.length === 0
        ? pass(hostDevices.map(row => row.device).join(" "))
        : fail(
            "host.device-missing",
            `Not there, or not to be opened: ${missing.map(row => row.device).join(", ")}`,
            `${seen.stdout}${seen.stderr}`,
          );
    },
    pass: devices("yes", "yes"),
    fail: devices("no", "no"),
  }),
  hostCheck({
    id: "autoload",
    title: "Their modules load when Kata opens them",
    gating: false,
    step: "host.devices",
    judge: seen => {
      const found = readDevices(seen);
      if (found.size === 0) return unread(seen);
      const late = [...found.values()].filter(one => !one.byItself && one.opens);
      return late.length === 0
        ? pass("No module had to be loaded by hand")
        : fail(
            "host.module-not-loaded",
            `Had to be loaded by hand: ${late.map(one => one.module).join(", ")}`,
            seen.stdout,
          );
    },
    pass: devices("yes", "yes"),
    fail: devices("no", "yes"),
  }),
  hostCheck({
    id: "kvm",
    title: "The kernel offers KVM",
    gating: true,
    step: "host.kvm",
    judge: seen => {
      const kvm = readDevices(seen).get("/dev/kvm");
      if (kvm === undefined) return unread(seen);
      const flag = /^flag=(\w+)$/m.exec(seen.stdout)?.[1];
      if (kvm.opens) return pass(`/dev/kvm opens${kvm.byItself ? "" : `, after modprobe ${kvm.module}`}`);
      return because(
        flag === undefined ? "infra.no-kvm" : "host.device-missing",
        flag === undefined
          ? "The testbed's processor has no virtualization"
          : `The processor has ${flag}, and there is no /dev/kvm that opens`,
        `${seen.stdout}${seen.stderr}`,
      );
    },
    pass: said(`flag=svm\n${device("/dev/kvm", "kvm_amd", "yes", "yes")}`),
    fail: said(`flag=svm\n${device("/dev/kvm", "kvm_amd", "no", "no")}`),
  }),
];
