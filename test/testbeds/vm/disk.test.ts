import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { packTar } from "modern-tar";
import { expect, test } from "vitest";
import type { Container, ExecOptions } from "../../../src/testbeds/engine.ts";
import { fillDisk } from "../../../src/testbeds/vm/disk.ts";

const notAsked = () => Promise.reject(new Error("not asked for"));

const container = (has: Partial<Container>): Container => ({
  id: "c1",
  exec: notAsked,
  put: notAsked,
  get: notAsked,
  exportTar: notAsked,
  commit: notAsked,
  keep: notAsked,
  [Symbol.asyncDispose]: async () => {},
  ...has,
});

const body = Buffer.alloc(300_000, "perl");
const tar = packTar([
  { header: { name: "usr/bin/perl", size: body.length, type: "file" }, body },
  { header: { name: "usr/bin/perl5.40", size: 0, type: "link", linkname: "usr/bin/perl" } },
]);

/** As the engine gives it: in pieces, the first of them at once. */
async function exported(): Promise<Readable> {
  const whole = Buffer.from(await tar);
  const pieces = Array.from({ length: Math.ceil(whole.length / 32_768) }, (_, at) =>
    whole.subarray(at * 32_768, (at + 1) * 32_768),
  );
  return Readable.from(pieces, { objectMode: false });
}

const taken = async ({ stdin }: ExecOptions): Promise<Buffer> =>
  stdin instanceof Readable ? buffer(stdin) : Buffer.from(stdin ?? "");

test("a packer that takes long to start gets all of the root file system", async () => {
  const given: Buffer[] = [];
  const packer = container({
    exec: async (_, options = {}) => {
      await sleep(100);
      given.push(await taken(options));
      return { code: 0, stdout: Buffer.from("[]"), stderr: Buffer.alloc(0) };
    },
  });
  expect(await fillDisk(container({ exportTar: exported }), packer, undefined)).toBe("[]");
  expect(given[0]?.equals(Buffer.from(await tar))).toBe(true);
  expect(given[1]?.toString()).toContain('ln "/usr/bin/perl" "/usr/bin/perl5.40"');
});

test("one that ends before it has read all says why", async () => {
  const stderr = Buffer.from("mke2fs: No space left on device while populating file system\n");
  const packer = container({
    exec: async (_, { stdin } = {}) => {
      if (stdin instanceof Readable) stdin.destroy();
      return { code: 1, stdout: Buffer.alloc(0), stderr };
    },
  });
  await expect(fillDisk(container({ exportTar: exported }), packer, undefined)).rejects.toMatchObject({
    code: "infra.disk-full",
  });
});
