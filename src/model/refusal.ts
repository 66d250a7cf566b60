import * as z from "zod";

/** What a refusal says of a bundle: that it cannot be used, that what it claims is false, or that it could not be told. */
export type Meaning = "unusable" | "false" | "untold";

const row = (title: string, meaning: Meaning = "unusable") => ({ title, meaning }) as const;

/** Why a bundle is refused; the codes are stable across releases and each has its section in docs/refusals.md. */
export const refusals = {
  "bundle.too-large": row("The file is larger than any bundle"),
  "bundle.not-gzip": row("The file does not begin as a bundle does"),
  "bundle.corrupt": row("The compressed data is cut off or damaged"),
  "bundle.bomb": row("The data unpacks to more than a bundle can hold"),
  "bundle.trailing": row("Something follows the compressed data"),
  "archive.corrupt": row("The archive is cut off, or a member's size cannot be read"),
  "archive.link": row("A member is a link"),
  "archive.kind": row("A member is neither a file nor a folder"),
  "archive.path": row("A member's name leads out of the bundle, or is not one that a run writes"),
  "archive.duplicate": row("Two members have the same name"),
  "archive.too-many": row("The archive has more members than any run writes"),
  "archive.file-too-large": row("A member is larger than any file of a run"),
  "archive.form": row("The archive is not, byte for byte, what kata-verify writes for its contents"),
  "manifest.missing": row("There is no manifest.json"),
  "manifest.unreadable": row("manifest.json is not a bundle's manifest"),
  "file.missing": row("A file that the manifest lists is not there"),
  "file.unlisted": row("A file is there that the manifest does not list"),
  "file.digest": row("A file is not the one that the manifest lists"),
  "signature.unreadable": row("The signature is not a DSSE envelope over an in-toto statement"),
  "signature.wrong": row("The signature is not of the key that the manifest names"),
  "signature.statement": row("What is signed is not what this bundle says"),
  "signature.missing": row("A signature by the given key is asked for, and there is none"),
  "signature.other-key": row("The bundle is signed by another key than the given one"),
  "journal.unreadable": row("A journal is missing, or is none"),
  "journal.broken": row("A journal's lines do not follow from each other: one was edited, removed or added"),
  "journal.unfinished": row("A run did not come to its end", "untold"),
  "journal.times": row("The times of a journal go back, or lie outside of what the manifest says"),
  "evidence.elsewhere": row("Evidence is of another target, architecture or scenario than it is shown for"),
  "evidence.differs": row("A file is not what the journal beside it amounts to"),
  "evidence.twice": row("Evidence of one guest is shown for two cells"),
  "evidence.replayed": row("This run was submitted before"),
  "evidence.too-old": row("The run is older than what is accepted"),
  "evidence.future": row("The run is from the future"),
  "challenge.differs": row("The run did not have the challenge that is asked for"),
  "catalog.unknown": row("The catalog does not have the target"),
  "catalog.differs": row("The evidence is of another catalog entry than the one that there is"),
  "required.unknown": row("There is no list of what this release of Kata requires on this architecture"),
  "required.differs": row("The bundle was made for another list of what is required"),
  "required.missing": row("A scenario or a check that is required is not there"),
  "required.failed": row("A check that is required failed", "false"),
  "required.untold": row("A check that is required could not tell, or was left out", "untold"),
  "strict.emulated": row("The run demands KVM, and a processor was emulated", "untold"),
  "strict.candidate": row("A package was given by hand: it is not what the distro ships", "false"),
  "version.implausible": row("A version is not the one of the package that it is said to come from"),
  "claim.differs": row("The verdict that the evidence gives is not the one that is claimed", "false"),
  "secret.left": row("There is something in it that looks like a secret, or like this machine's name"),
} as const satisfies Record<string, { readonly title: string; readonly meaning: Meaning }>;

export type RefusalCode = keyof typeof refusals;
export const RefusalCode = z.enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]]);

/** One reason why a bundle is refused. `detail` is a line: which file, what was expected. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly detail: string;
}

export const refusal = (code: RefusalCode, detail: string): Refusal => ({ code, detail });

/** A bundle that cannot be looked at any further. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;
  constructor(code: RefusalCode, detail: string) {
    super(`${code}: ${detail}`);
    this.refusal = { code, detail };
  }
}
