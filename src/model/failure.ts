/** What the person at the door did wrong, with what to do about it. Reaches `main` and becomes exit code 2. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  readonly hint: string;
  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

/** A catalog file that cannot be used: the message has its file and place. */
export class CatalogError extends UsageError {
  override readonly name = "CatalogError";
}
