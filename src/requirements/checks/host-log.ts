import { because, type Check, fail, type Judgement, pass } from "../../model/check.ts";
import type { Seen } from "../../model/command.ts";
import type { Code } from "../../model/reason.ts";
import { said } from "./example.ts";
import { hostCheck, unread } from "./host-check.ts";

/** In place of what evidence keeps no more of. */
const leftOut = /\[… \d+ bytes left out …\]/;

const denials = (seen: Seen, text: RegExp): string =>
  seen.stdout
    .split("\n")
    .filter(line => text.test(line))
    .slice(0, 20)
    .join("\n");

/** The kernel log always has the line that it began with, or was not to be read. */
function logJudgement(seen: Seen, denial: RegExp, code: Code): Judgement {
  if (seen.stdout.trim() === "") return unread(seen);
  const denied = denials(seen, denial);
  if (denied !== "") return fail(code, undefined, denied);
  // That something is not in it can only be said of all of it.
  const isWhole = seen.ending.kind === "exited" && seen.ending.code === 0 && !leftOut.test(seen.stdout);
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
    judge: seen => logJudgement(seen, /apparmor="DENIED"/, "lsm.apparmor"),
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
    judge: seen => logJudgement(seen, /\bavc: +denied\b/, "lsm.avc"),
    pass: said("[    0.000000] Linux version 6.12\n"),
    fail: said('[    9.1] audit: type=1400 audit(1.1:2): avc:  denied  { read write } for path="/dev/vhost-net"\n'),
  }),
];
