import { expect, test } from "vitest";
import { captureConsole } from "../../../src/testbeds/vm/console.ts";
import { socketPair } from "./socket-pair.ts";

async function capture() {
  const { near, far } = await socketPair();
  const lines: string[] = [];
  return { far, lines, seen: captureConsole(near, line => lines.push(line)) };
}

test("lines come one by one, whatever the pieces", async () => {
  const { far, lines, seen } = await capture();
  far.write("[ 0.0] Lin");
  far.write("ux\r\n\r\n[ 0.1] up\r\nlogin: ");
  await expect.poll(() => lines).toEqual(["[ 0.0] Linux", "[ 0.1] up"]);
  expect(seen.lastLine()).toBe("[ 0.1] up");
  expect(seen.text()).toBe("[ 0.0] Linux\r\n\r\n[ 0.1] up\r\nlogin: ");
});

test("noise without end is kept as a head, a count and a tail", async () => {
  const { far, lines, seen } = await capture();
  const block = Buffer.alloc(1024 * 1024, "x");
  far.write("first\n");
  for (let at = 0; at < 8; at++) far.write(block);
  far.end("\nlast\n");
  await expect.poll(() => lines.at(-1)).toBe("last");
  expect(seen.bytesSeen()).toBe(6 + 8 * block.length + 6);
  const text = seen.text();
  expect(text.length).toBeLessThan(1.1 * 1024 * 1024);
  expect(text.startsWith("first\nxxx")).toBe(true);
  expect(text).toMatch(/\n\[… 7340044 bytes left out …\]\n/);
  expect(text.endsWith("xxx\nlast\n")).toBe(true);
  expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(4096);
});
