import { Unprepared } from "../../src/images/unprepared.ts";
import type { Command } from "../../src/model/command.ts";
import type { Event, Facts } from "../../src/model/evidence.ts";
import { reason } from "../../src/model/reason.ts";
import { type KeepableTestbed, TestbedGone } from "../../src/model/testbed.ts";
import type { Hands, VmTestbed } from "../../src/observe/hands.ts";
import { recorded } from "../requirements/recorded.ts";
import { fakeTestbed, type Script } from "./guest/fake.ts";

/** What a command of a container comes to: its usual observation, or the end of the testbed, or whatever is thrown. */
export type Act = (command: Command) => "gone" | undefined;

export interface ScriptedHands extends Hands {
  /** In order: `rootfs`, `open container`, `open vm 0`, `open tools`, `before close vm`, `dispose vm 0`, …. */
  readonly did: string[];
}

export interface Scripts {
  readonly rootfs?: () => void;
  readonly container?: Act;
  readonly vm?: () => void;
  /** `nth` counts VMs from 0. */
  readonly guest?: (nth: number) => Script;
}

export const imageFact: Event = {
  kind: "fact",
  name: "image",
  value: { source: "bootstrap", reference: "mmdebstrap trixie", digest: "sha256:aa", pinned: false },
};

const facts: VmTestbed["facts"] & Facts = {
  offered: "kvm-emulated",
  snapshot: { restored: true, because: "saved by an earlier run" },
  bootMs: 9000,
};

const notAsked = () => Promise.reject(new Error("not asked for"));
const notHad = () => Promise.reject(new Unprepared("provision", reason("kata.unavailable")));

const isFind = ({ argv }: Command) => argv.includes("--search") && argv[0] === "dpkg-query";

/** Debian 13's package database; every other program ends well and says nothing. */
function contractTestbed(act: Act, dispose: () => void): KeepableTestbed {
  const end = { gone: false };
  return {
    kind: "container",
    run: async command => {
      if (end.gone || act(command) === "gone") {
        end.gone = true;
        throw new TestbedGone("the container ended");
      }
      const stdout = isFind(command) ? (recorded("debian-13").steps["provenance.find"]?.stdout ?? "") : "";
      const { argv } = command;
      const ending = { kind: "exited", code: 0 } as const;
      return { argv, ending, stdout: Buffer.from(stdout), stderr: new Uint8Array(), durationMs: 1 };
    },
    write: async () => {},
    fetch: async () => new Uint8Array(),
    keep: notAsked,
    [Symbol.asyncDispose]: async () => dispose(),
  };
}

/** The looks at the testbed's own kernel, which a guest's fake does not know, say nothing. */
function vmTestbed(script: Script | undefined, dispose: () => void): VmTestbed {
  const guest = fakeTestbed(script);
  const isOfHost = ({ argv }: Command) => argv[0] === "grep" || argv[0] === "dmesg" || argv[2]?.includes("modprobe");
  const nothing = { stdout: new Uint8Array(), stderr: new Uint8Array(), durationMs: 1 };
  return {
    ...guest,
    kind: "vm",
    facts,
    console: async () => "",
    keep: notAsked,
    run: async command =>
      isOfHost(command) || command.argv[2]?.includes("exec sh -c")
        ? { ...nothing, argv: command.argv, ending: { kind: "exited", code: 0 } }
        : guest.run(command),
    [Symbol.asyncDispose]: async () => dispose(),
  };
}

/** Effects that only write down what they were asked for, but for what the scripts change. */
export function scriptedHands(scripts: Scripts = {}): ScriptedHands {
  const did: string[] = [];
  let vms = 0;
  const opened = (what: string) => {
    did.push(`open ${what}`);
    return () => void did.push(`dispose ${what}`);
  };
  return {
    did,
    rootfs: async (_, emit) => {
      did.push("rootfs");
      scripts.rootfs?.();
      emit(imageFact);
      return { imageId: "sha256:bb", key: "cc", cached: true, events: [imageFact] };
    },
    container: async () => contractTestbed(scripts.container ?? (() => undefined), opened("container")),
    local: async () => contractTestbed(scripts.container ?? (() => undefined), opened("local")),
    vm: async () => {
      scripts.vm?.();
      const nth = vms;
      vms += 1;
      return vmTestbed(scripts.guest?.(nth), opened(`vm ${nth}`));
    },
    kata: notHad,
    addition: notHad,
    tools: async () => contractTestbed(() => undefined, opened("tools")),
    beforeClose: async ({ kind }) => void did.push(`before close ${kind}`),
    guestParts: {
      busybox: new Uint8Array(),
      standin: new Uint8Array(),
      decompress: async (_, contents) => contents,
    },
  };
}
