import { type Check, fail, pass, skip } from "../../model/check.ts";
import { roms } from "../qemu-roms.ts";
import { said } from "./example.ts";
import { qemuTrouble, stepOf } from "./qemu-ended.ts";

const step = "qemu.roms";

function romCheck(id: string, title: string, level: "must" | "feature"): Check {
  const rows = roms.filter(row => row.level === level);
  return {
    id,
    tier: "contract",
    title,
    gating: level === "must",
    needs: [step],
    judge: evidence => {
      const seen = stepOf(evidence, step);
      const wanted = rows.filter(row => row.arches.includes(evidence.cell.arch));
      if (wanted.length === 0) return skip("catalog.other-arch");
      const trouble = qemuTrouble(seen);
      if (trouble) return trouble;
      const found = new Map(
        seen.stdout.split("\n").map(line => [line.split(" ")[0], line.split(" ").slice(1).join(" ")]),
      );
      const missing = wanted.filter(row => !found.has(row.rom));
      return missing.length === 0
        ? pass(wanted.map(row => found.get(row.rom)).join(" "))
        : fail(
            "vmm.rom-missing",
            `Not installed where QEMU looks: ${missing.map(row => row.rom).join(", ")}`,
            missing.map(row => `${row.rom}: ${row.for}`).join("\n"),
          );
    },
    examples: {
      pass: { steps: { [step]: said(rows.map(row => `${row.rom} /usr/share/qemu/${row.rom}\n`).join("")) } },
      fail: { steps: { [step]: said("sgabios.bin /usr/share/qemu/sgabios.bin\n") } },
    },
  };
}

export const qemuRomChecks: readonly Check[] = [
  romCheck("contract.qemu.roms", "The firmware and option ROMs of Kata's command line", "must"),
  romCheck("contract.qemu.roms-optional", "The option ROMs of other ways to boot", "feature"),
];
