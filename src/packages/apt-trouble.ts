import type { Seen } from "../model/command.ts";
import type { Reason } from "../model/reason.ts";
import { diagnose, type Trouble } from "./trouble.ts";

/**
 * apt's own words (apt-pkg and its methods), C locale. mmdebstrap runs apt and prints the same.
 * The order matters: a full disk also ends in a hash mismatch, and an expired index in `Unable to locate package`.
 */
const known: readonly Trouble[] = [
  { code: "infra.disk-full", says: /No space left on device|You don't have enough free space/ },
  // mmdebstrap's own: user namespaces are closed to this user, or no range of user ids is theirs.
  {
    code: "infra.no-privilege",
    says: /unable to pick chroot mode automatically|newuidmap .* failed|\/etc\/subuid\b/,
  },
  { code: "infra.memory", says: /Cannot allocate memory|Dynamic MMap ran out of room/ },
  { code: "infra.mirror-stale", says: /Release file for .* is (?:expired|not valid yet)/ },
  {
    code: "infra.mirror-corrupt",
    says: /Hash Sum mismatch|unexpected size|is not signed|signatures? (?:were|was|couldn't be|is) (?:in)?(?:valid|verified)|NO_PUBKEY|BADSIG|EXPKEYSIG|Splitting up .* failed|Clearsigned file isn't valid|Mirror sync in progress|Missing key|sqv returned an error/i,
  },
  {
    code: "infra.mirror-down",
    says: /Temporary failure resolving|Could not resolve|Connection refused|Connection timed out|connection timed out|Could not connect to|Network is unreachable|No route to host|Connection failed|Connection reset|\b(?:403|404|407|429|50[0-9]) +\S|does not have a Release file|Failed to fetch|Certificate verification failed/,
  },
  {
    code: "infra.memory",
    says: /subprocess (?:.* )?was killed by signal \(Killed\)|Sub-process .* received signal 9|[Cc]annot fork|fork failed|unable to fork/,
  },
  { code: "infra.testbed-gone", says: /: Input\/output error|: Read-only file system/ },
  {
    code: "package.uninstallable",
    says: /unmet dependencies|but it is not (?:going to be installed|installable)|held broken packages|Unable to locate package|has no installation candidate|dependency problems|Sub-process .*dpkg.* returned an error code|pkgProblemResolver|Unable to satisfy dependencies|(?:^| : )(?:PreDepends|Depends|Conflicts|Breaks): /,
  },
];

export const diagnoseApt = (seen: Seen): Reason | null => diagnose(seen, known);
