import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile, rename, rm, writeFile } from "node:fs/promises";
import * as z from "zod";

/** A file that is being downloaded: what came before a drop stays on the disk, also when the process is killed. */
export interface Part extends AsyncDisposable {
  readonly path: string;
  /** How much is there. */
  bytes(): number;
  /** What the server calls the content that the bytes are of; undefined where it cannot be told apart from another. */
  etag(): string | undefined;
  /** Begins anew, with content that the server calls so. */
  restart(etag: string | undefined): Promise<void>;
  append(chunk: Uint8Array): Promise<void>;
  /** 64 hexadecimal digits, of all that is there. */
  digest(): string;
}

const Validator = z.object({ etag: z.string() });

const validatorPath = (path: string) => `${path}.json`;

/** Without it, nobody can tell what a part is a part of. */
async function readEtag(path: string): Promise<string | undefined> {
  try {
    return Validator.parse(JSON.parse(await readFile(validatorPath(path), "utf8"))).etag;
  } catch {
    return undefined;
  }
}

async function writeEtag(path: string, etag: string | undefined): Promise<void> {
  if (etag === undefined) return rm(validatorPath(path), { force: true });
  await writeFile(`${validatorPath(path)}.new`, JSON.stringify({ etag }));
  await rename(`${validatorPath(path)}.new`, validatorPath(path));
}

/** Opens what an earlier run left, or an empty one. The caller has it for itself. */
export async function openPart(path: string): Promise<Part> {
  const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o644);
  const state = { bytes: 0, hash: createHash("sha256"), etag: await readEtag(path) };
  if (state.etag === undefined) await file.truncate(0);
  for await (const chunk of file.createReadStream({ start: 0, autoClose: false })) {
    state.hash.update(chunk);
    state.bytes += chunk.length;
  }
  return {
    path,
    bytes: () => state.bytes,
    etag: () => state.etag,
    restart: async etag => {
      // In this order: a kill in between leaves bytes that nothing is known of, which are thrown away.
      await writeEtag(path, undefined);
      await file.truncate(0);
      await writeEtag(path, etag);
      Object.assign(state, { bytes: 0, hash: createHash("sha256"), etag });
    },
    append: async chunk => {
      for (let at = 0; at < chunk.length; ) {
        const { bytesWritten } = await file.write(chunk, at, chunk.length - at, state.bytes + at);
        at += bytesWritten;
      }
      state.hash.update(chunk);
      state.bytes += chunk.length;
    },
    digest: () => state.hash.copy().digest("hex"),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

/** Removes what tells what the part is of, once the part is no part any more. */
export const forgetPart = (path: string): Promise<void> => rm(validatorPath(path), { force: true });
