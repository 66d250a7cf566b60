import { expectedKata } from "../../kata/shim-version.ts";

/** What was looked at is no Kata that can be used; the message says what was found instead. */
export class NotKata extends Error {
  override readonly name = "NotKata";
}

/** What would have been one. */
export const wantedKata = `Expected is ${expectedKata}: /opt/kata as a release unpacks it, or a tarball of it (.tar.zst, .tar.xz, .tar.gz)`;
