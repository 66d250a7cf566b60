import type { Seen } from "../model/command.ts";
import type { Reason } from "../model/reason.ts";
import { diagnose, type Trouble } from "./trouble.ts";

/** The words of dnf 4, dnf 5, librepo, curl and rpm, C locale. */
const known: readonly Trouble[] = [
  {
    code: "infra.disk-full",
    says: /No space left on device|needs? (?:at least )?\d+ ?[KMG]i?B more space|At least \d+\w+ more space needed/i,
  },
  { code: "infra.memory", says: /Cannot allocate memory/ },
  {
    code: "infra.mirror-corrupt",
    says: /checksum doesn't match|incorrect checksum|Downloading successful, but checksum|GPG check FAILED|Public key for .* is not installed|bad GPG signature|repomd\.xml GPG signature verification error|Error: .*digest|package signature.*failed/i,
  },
  {
    code: "infra.mirror-down",
    says: /Cannot download repomd\.xml|Failed to download metadata|All mirrors were tried|No more mirrors to try|Could ?n[o']t resolve host|Couldn't connect to server|Curl error|Cannot prepare internal mirrorlist|Status code: (?:40[34]|50\d)|Librepo error/i,
  },
  {
    code: "package.uninstallable",
    says: /nothing provides|conflicting requests|Unable to find a match|No match for argument|Transaction check error|Failed to resolve the transaction|problem with installed package|conflicts with|has inferior architecture|does not belong to a distupgrade/i,
  },
];

export const diagnoseDnf = (seen: Seen): Reason | null => diagnose(seen, known);
