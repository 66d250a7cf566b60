import { because, type Check, fail, type Judgement, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import type { Evidence } from "../../model/evidence.ts";
import type { Code } from "../../model/reason.ts";
import { shortLines } from "../../vmms/short-lines.ts";
import { said } from "./example.ts";
import { hostCheck, unread } from "./host-check.ts";

/** In place of what evidence keeps no more of. */
const leftOut = /\[… \d+ bytes left out …\]/;

const denials = (log: string, text: RegExp): string =>
  log
    .split("\n")
    .filter(line => text.test(line))
    .slice(0, 20)
    .join("\n");

/**
 * What the run itself added to the log: all of it where the machine was booted for the run. Undefined where the line that
 * the run began behind is not there any more, which is how the kernel's ring forgets.
 */
function ofThisRun(log: string, before: Seen | undefined): string | undefined {
  if (before === undefined) return log;
  const mark = before.stdout.trimEnd();
  const at = mark === "" ? -1 : `\n${log}`.lastIndexOf(`\n${mark}\n`);
  return at < 0 ? undefined : log.slice(at + mark.length + 1);
}

/** The kernel log always has the line that it began with, or was not to be read. */
function logJudgement(seen: Seen, { steps }: Evidence, denial: RegExp, code: Code): Judgement {
  if (seen.stdout.trim() === "") return unread(seen);
  const log = ofThisRun(seen.stdout, steps["host.log-begin"]);
  if (log === undefined)
    return because("harness.output-unreadable", "The kernel log does not tell where the run began");
  const denied = denials(shortLines(log), denial);
  if (denied !== "") return fail(code, undefined, denied);
  // That something is not in it can only be said of all of it.
  const isWhole = seen.ending.kind === "exited" && seen.ending.code === 0 && !leftOut.test(log);
  return isWhole
    ? pass("The kernel log has no denial")
    : because("harness.output-unreadable", "The kernel log was not read to its end");
}

export const hostLogChecks: readonly Check[] = [
  hostCheck({
    id: "apparmor",
    title: "AppArmor denied nothing",
    gating: false,
    step: "host.log",
    judge: (seen, evidence) => logJudgement(seen, evidence, /apparmor="DENIED"/, "lsm.apparmor"),
    pass: said("[    0.000000] Linux version 6.12\n"),
    fail: said(
      '[    9.1] audit: type=1400 audit(1.1:2): apparmor="DENIED" operation="mount" profile="docker-default"\n',
    ),
  }),
  hostCheck({
    id: "selinux",
    title: "SELinux denied nothing",
    gating: false,
    step: "host.log",
    judge: (seen, evidence) => logJudgement(seen, evidence, /\bavc: +denied\b/, "lsm.avc"),
    pass: said("[    0.000000] Linux version 6.12\n"),
    fail: said('[    9.1] audit: type=1400 audit(1.1:2): avc:  denied  { read write } for path="/dev/vhost-net"\n'),
  }),
];
