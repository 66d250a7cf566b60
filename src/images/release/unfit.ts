/** What was looked at is not what is wanted, or of no use as that; the message says what was found instead. */
export class Unfit extends Error {
  override readonly name = "Unfit";
}
