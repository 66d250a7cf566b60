import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keepTestbed } from "../../src/commands/keep.ts";
import type { Event } from "../../src/model/evidence.ts";
import { reason } from "../../src/model/reason.ts";
import { type KeepableTestbed, TestbedGone } from "../../src/model/testbed.ts";
import { openJournal } from "../../src/results/journal.ts";
import { folder as emptyFolder } from "../images/folder.ts";
import { scenario, target } from "../judge/evidence.ts";

const opened: Event = {
  kind: "opened",
  schemaVersion: 1,
  tool: { name: "kata-verify", version: "0", commit: "test" },
  cell: { target, scenario, arch: "amd64" },
  request: { tier: "contract", testbed: "container", because: "a test", requireKvm: false },
};
const notShipped: Event = {
  kind: "stopped",
  stopped: { stage: "provision", reason: reason("catalog.not-shipped", "Debian 13 does not ship qemu") },
};

const keep: KeepableTestbed["keep"] = async name => ({
  enter: ["docker", "exec", "-it", name, "sh"],
  hint: "Ctrl-D leaves",
  remove: [
    ["docker", "rm", "-f", name],
    ["rm", "-rf", `/my cache/${name}`],
  ],
});

interface Options {
  readonly when?: "failed" | "always";
  readonly events?: readonly Event[];
  readonly keep?: KeepableTestbed["keep"];
  readonly bySudo?: boolean;
}

/** What is told at the end. */
async function told({ when, events = [opened], keep: own = keep, bySudo = false }: Options): Promise<string[]> {
  const folder = await emptyFolder();
  const journal = openJournal(join(folder, "journal.ndjson"), () => "2026-11-22T10:00:00.000Z");
  for (const event of events) journal.emit(event);
  const lines: string[] = [];
  const testbed = { kind: "container", keep: own } as KeepableTestbed;
  const name = "debian-13 qemu-distro-kernel";
  await keepTestbed(testbed, { when, folder, name, bySudo, onKept: more => void lines.push(...more) });
  journal.close();
  return lines;
}

describe("a testbed is left up", () => {
  const lines = [
    "debian-13 qemu-distro-kernel: its testbed was left up",
    "  enter it:  docker exec -it debian-13-qemu-distro-kernel sh   # Ctrl-D leaves",
    "  remove it: docker rm -f debian-13-qemu-distro-kernel && rm -rf '/my cache/debian-13-qemu-distro-kernel'",
  ];

  it("always, where that was asked for, and told of as people would type it", async () => {
    expect(await told({ when: "always", events: [opened, notShipped] })).toEqual(lines);
  });

  it("and entered as it was made, by who is root through sudo", async () => {
    const [, enter, remove] = await told({ when: "always", bySudo: true });
    expect(enter).toContain(" sudo docker exec ");
    expect(remove).toMatch(/ sudo docker rm .* && sudo rm /);
  });

  it("where what is in the journal so far is no pass", async () => {
    expect(await told({ when: "failed" })).toEqual(lines);
  });
});

describe("no testbed is left up", () => {
  const never = () => Promise.reject(new Error("not asked for"));

  it("where nobody asked for it", async () => {
    expect(await told({ keep: never })).toEqual([]);
  });

  it("where the cell did not fail", async () => {
    expect(await told({ when: "failed", events: [opened, notShipped], keep: never })).toEqual([]);
  });

  it("where it is gone, and that is told and stops nothing", async () => {
    const gone = () => Promise.reject(new TestbedGone("::error::the container\nended"));
    expect(await told({ when: "failed", keep: gone })).toEqual([
      "debian-13 qemu-distro-kernel: its testbed could not be left up: : :error::the container ended",
    ]);
  });
});
