import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { follow } from "../../../src/testbeds/engine/progress.ts";

const lines = (...objects: object[]) => Readable.from(objects.map(one => `${JSON.stringify(one)}\r\n`));

test("returns the last status and tells each line", async () => {
  const seen: unknown[] = [];
  const last = await follow(lines({ status: "Pulling" }, { status: "sha256:1" }), line => seen.push(line.status));
  expect(last).toBe("sha256:1");
  expect(seen).toEqual(["Pulling", "sha256:1"]);
});

test("a stream that carries an error is a failure", async () => {
  const stream = lines({ status: "Pulling" }, { errorDetail: { message: "manifest unknown" }, error: "other" });
  await expect(follow(stream)).rejects.toThrow("manifest unknown");
  await expect(follow(lines({ error: "EOF" }))).rejects.toThrow("EOF");
});

test("reads a last line without its end, and lines cut anywhere", async () => {
  const chunks = ['{"sta', 'tus":"a"}\n{"status":', '"b"}'];
  expect(await follow(Readable.from(chunks))).toBe("b");
});

test("a stream that breaks is a failure", async () => {
  const stream = new Readable({ read() {} });
  stream.push('{"status":"Pulling"}\n');
  const followed = follow(stream);
  stream.destroy(new Error("ECONNRESET"));
  await expect(followed).rejects.toThrow("ECONNRESET");
});
