import { isTrial } from "../matrix/told.ts";
import type { Component } from "../model/evidence.ts";
import type { Answer, OsArch, SeenPart } from "../model/osinfo.ts";
import type { CellVerdict, CheckVerdict, Verdict } from "../model/verdict.ts";
import type { Arch, Part } from "../model/words.ts";

/** A verdict, and where its evidence is. */
export interface Linked {
  readonly verdict: Verdict;
  readonly link: string;
}

/** Checks that tell of an ability of a part by passing or failing; the rest of their outcomes tells nothing. */
const abilities: Readonly<Record<string, readonly [Part, string]>> = {
  "contract.qemu.devices-virtio-fs": ["vmm", "virtio-fs"],
  "contract.qemu.devices-9p": ["vmm", "9p"],
  "contract.kernel.9p": ["guestKernel", "9p-in-guest-kernel"],
  "contract.qemu.aio-threads": ["vmm", "aio-threads"],
  "contract.qemu.aio-native": ["vmm", "aio-native"],
  "contract.qemu.aio-io-uring": ["vmm", "aio-io_uring"],
  "contract.host.io-uring": ["hostKernel", "io_uring-allowed"],
  "contract.host.modules": ["hostKernel", "host-modules"],
  "contract.host.autoload": ["hostKernel", "host-modules-load"],
};

type Seen = Pick<SeenPart, "at" | "link">;

/** A part that is the distro's own; no candidate, none that a user built. */
function shipped(component: Component, seen: Seen): SeenPart[] {
  const { name, version, path, package: owner, built } = component;
  if (built || owner === null || owner.candidate || owner.repository?.own !== true) return [];
  const from = { package: owner.name, packageVersion: owner.version, repository: owner.repository.name };
  return [{ name, version, path, ...from, ...seen }];
}

function answered({ outcome, proof, reason }: CheckVerdict, seen: Seen): Answer[] {
  if (outcome === "pass") return [{ answer: "yes", because: proof ?? "", ...seen }];
  return outcome === "fail" ? [{ answer: "no", because: reason?.message ?? "", ...seen }] : [];
}

const kinds = [
  [/in Rust$/, "rust"],
  [/the C daemon/, "c"],
] as const;

function daemon({ checks }: CellVerdict): OsArch["virtiofsdIn"] {
  const proof = checks.find(({ id }) => id === "contract.virtiofsd.runs")?.proof ?? "";
  return kinds.find(([form]) => form.test(proof))?.[1];
}

function ofCell(cell: CellVerdict, seen: Seen): Pick<OsArch, "parts" | "abilities" | "virtiofsdIn"> {
  const parts = Object.entries(cell.components).flatMap(([part, one]) =>
    one === undefined ? [] : shipped(one, seen).map(found => [part, found]),
  );
  const told = isTrial(cell)
    ? []
    : cell.checks.flatMap(check => {
        const [part, name] = abilities[check.id] ?? [];
        return parts.some(([found]) => found === part) ? answered(check, seen).map(answer => [name, answer]) : [];
      });
  const own = parts.some(([part]) => part === "virtiofsd") ? daemon(cell) : undefined;
  return {
    parts: Object.fromEntries(parts),
    abilities: Object.fromEntries(told),
    ...(own === undefined ? {} : { virtiofsdIn: own }),
  };
}

/** What was seen of a target on an architecture: of each fact what was seen last. */
export function seenOf(target: string, arch: Arch, verdicts: readonly Linked[]): ReturnType<typeof ofCell> {
  const cells = verdicts
    .filter(({ verdict }) => verdict.target === target && verdict.finishedAt !== null)
    .sort((a, b) => Date.parse(a.verdict.finishedAt ?? "") - Date.parse(b.verdict.finishedAt ?? ""))
    .flatMap(({ verdict, link }) =>
      verdict.cells
        .filter(cell => cell.arch === arch)
        .map(cell => ofCell(cell, { at: verdict.finishedAt ?? "", link })),
    );
  const newest = cells.findLast(({ virtiofsdIn }) => virtiofsdIn !== undefined)?.virtiofsdIn;
  return {
    parts: Object.assign({}, ...cells.map(({ parts }) => parts)),
    abilities: Object.assign({}, ...cells.map(one => one.abilities)),
    ...(newest === undefined ? {} : { virtiofsdIn: newest }),
  };
}
