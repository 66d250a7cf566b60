import type { AdditionId } from "../model/words.ts";

const folder = "/opt/kata-verify/bin";

/** Where a program of an addition is on a testbed. */
export const additionPath = (program: string): string => `${folder}/${program}`;

/** The programs that are used of each, the one that it is called after first. */
export const additionPrograms: Readonly<Record<AdditionId, readonly [string, ...string[]]>> = {
  containerd: ["containerd", "ctr", "containerd-shim-runc-v2"],
  runc: ["runc"],
};

/** Where containerd, and whatever it starts, looks for programs: for its shim and for runc there first. */
export const additionSearch: Readonly<Record<string, string>> = {
  PATH: `${folder}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
};

/** `containerd 2.3.4 and runc 1.4.3`. */
export const named = (all: readonly { readonly name: AdditionId; readonly version: string }[]): string =>
  all.map(({ name, version }) => `${name} ${version}`).join(" and ");
