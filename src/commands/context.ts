/** The world at the door: what commands read of it and write to it. */
export interface Context {
  /** The project's folder: catalog, schemas, docs. */
  readonly root: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  /** ISO 8601 in UTC, milliseconds. */
  readonly clock: () => string;
}
