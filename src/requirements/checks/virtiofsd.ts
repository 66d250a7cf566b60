import { because, type Check, error, fail, type Judgement, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import { identifyVirtiofsd } from "../../vmms/virtiofsd.ts";
import { refusal, virtiofsdTrouble } from "../../vmms/virtiofsd-trouble.ts";
import { cutShort } from "../cut-short.ts";
import { cacheModes, options, readinessLine } from "../virtiofsd-options.ts";
import { said } from "./example.ts";
import { stepOf } from "./qemu-ended.ts";

/** The step joins what the daemon said on standard error into its standard output. */
const spoken = (seen: Seen): string => `${seen.stdout}\n${seen.stderr}`.trim();
const lastLine = (seen: Seen): string => spoken(seen).split("\n").at(-1)?.slice(0, 300) ?? "";

function exited(seen: Seen): Judgement {
  const { code, message, detail } = virtiofsdTrouble(spoken(seen), seen.ending);
  return because(code, message, detail);
}

const waiting = "[INFO  virtiofsd] Waiting for vhost-user socket connection...\n";
const cRefusal = "fuse: invalid argument `/tmp/kata-verify-virtiofsd-arguments-rust/socket'\n";

const argumentsCheck = (runtime: "go" | "rust", more: readonly string[], judge: Check["judge"]): Check => {
  const step = `virtiofsd.arguments-${runtime}`;
  const help = said(options.map(({ option }) => `      ${option} <VALUE>\n`).join(""));
  return {
    id: `contract.${step}`,
    tier: "contract",
    title: `virtiofsd takes the arguments of Kata's ${runtime === "go" ? "Go" : "Rust"} runtime`,
    gating: false,
    needs: [step, ...more],
    judge,
    examples: {
      pass: { steps: { [step]: said(waiting, "", 137), "virtiofsd.help": help } },
      fail: { steps: { [step]: said(cRefusal, "", 1), "virtiofsd.help": said("usage: virtiofsd [options]\n") } },
    },
  };
};

/** What comes after the arguments (a descriptor that is no socket, a sandbox refused) is not the arguments' fault. */
function taken(seen: Seen): Judgement {
  if (seen.stdout.includes(readinessLine)) return pass("Taken, and it waits for a VMM");
  if (spoken(seen) === "" || cutShort("", seen)) return exited(seen);
  return refusal.test(spoken(seen))
    ? fail("virtiofsd.syntax", `virtiofsd refuses its arguments: ${lastLine(seen)}`, spoken(seen))
    : pass("Taken");
}

export const virtiofsdChecks: readonly Check[] = [
  {
    id: "contract.virtiofsd.runs",
    tier: "contract",
    title: "virtiofsd runs",
    gating: true,
    needs: ["virtiofsd.version"],
    judge: evidence => {
      const seen = stepOf(evidence, "virtiofsd.version");
      const identity = identifyVirtiofsd(seen.stdout);
      if (identity === null) return exited(seen);
      return identity.kind === "rust"
        ? pass(`virtiofsd ${identity.version}, in Rust`)
        : pass(`${identity.version ?? "no version"}, the C daemon that was part of QEMU until 7.2`);
    },
    examples: {
      pass: { steps: { "virtiofsd.version": said("virtiofsd 1.13.2\n") } },
      fail: { steps: { "virtiofsd.version": said("", "", 1) } },
    },
  },
  {
    id: "contract.virtiofsd.ready",
    tier: "contract",
    title: "virtiofsd waits for a VMM, and says so",
    gating: true,
    needs: ["virtiofsd.ready"],
    judge: evidence => {
      const seen = stepOf(evidence, "virtiofsd.ready");
      return seen.stdout.includes(readinessLine) ? pass(`It says “${readinessLine}”`) : exited(seen);
    },
    examples: {
      pass: { steps: { "virtiofsd.ready": said(waiting, "", 137) } },
      fail: { steps: { "virtiofsd.ready": said("", "", 1) } },
    },
  },
  argumentsCheck("rust", [], evidence => taken(stepOf(evidence, "virtiofsd.arguments-rust"))),
  argumentsCheck("go", ["virtiofsd.help"], evidence => {
    const help = spoken(stepOf(evidence, "virtiofsd.help"));
    const asked = options.filter(({ from }) => !from.startsWith("src/runtime-rs/"));
    const missing = asked.filter(({ option }) => !new RegExp(`${option}\\b`).test(help)).map(({ option }) => option);
    return missing.length === 0
      ? taken(stepOf(evidence, "virtiofsd.arguments-go"))
      : fail("virtiofsd.syntax", `virtiofsd has no ${missing.join(", ")}`);
  }),
  {
    id: "contract.virtiofsd.cache-modes",
    tier: "contract",
    title: "virtiofsd has the cache modes that Kata offers",
    gating: false,
    needs: ["virtiofsd.help"],
    judge: evidence => {
      const help = spoken(stepOf(evidence, "virtiofsd.help"));
      const offered = /(?:caching policy|cache mode)[^\n]*/i.exec(help)?.[0];
      if (offered === undefined) return error("harness.output-unreadable", "--help does not name its cache modes");
      const missing = cacheModes.filter(mode => !new RegExp(`\\b${mode}\\b`).test(offered));
      return missing.length === 0
        ? pass(cacheModes.join(" "))
        : fail("virtiofsd.syntax", `virtiofsd does not know the cache modes ${missing.join(", ")}`, offered.trim());
    },
    examples: {
      pass: { steps: { "virtiofsd.help": said("The caching policy to use (auto, always, never, metadata)\n") } },
      fail: { steps: { "virtiofsd.help": said('cache mode. could be one of "auto, always, none"\n') } },
    },
  },
];
