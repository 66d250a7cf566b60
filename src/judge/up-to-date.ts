import { reason } from "../model/reason.ts";
import type { CheckVerdict } from "../model/verdict.ts";

const code = "host.not-up-to-date";

/** Where the machine itself is behind what the distro ships by now, what fails there may be what the update mends. */
export function upToDate(checks: CheckVerdict[]): CheckVerdict[] {
  if (!checks.some(check => check.reason?.code === code)) return checks;
  return checks.map(check =>
    check.outcome === "fail" && check.reason
      ? {
          ...check,
          outcome: "error",
          reason: reason(
            code,
            `On a machine that is behind, ${check.reason.code}: ${check.reason.message}`,
            check.reason.detail,
          ),
        }
      : check,
  );
}
