import { expect, test } from "vitest";
import { readTrailer } from "../../src/testbeds/trailer.ts";

const read = (text: string) => readTrailer(Buffer.from(text, "latin1"), "T0K");

test.each([
  ["exited 0", { kind: "exited", code: 0 }],
  ["exited 255", { kind: "exited", code: 255 }],
  ["signalled SIGKILL", { kind: "signalled", signal: "SIGKILL" }],
  ["timedOut 5000", { kind: "timedOut", afterMs: 5000 }],
  ["notStarted ENOENT", { kind: "notStarted", code: "ENOENT" }],
])("%s", (said, ending) => {
  expect(read(`warning\n\nT0K ${said}\n`)).toEqual({
    ending,
    stderr: Buffer.from("warning\n"),
    spilled: { stdout: 0, stderr: 0 },
    lost: undefined,
  });
});

test("what was spilled, lost and left is said behind the ending", () => {
  expect(read("\nT0K timedOut 70 spilled 12 3 lost ENOSPC left 1\n")).toMatchObject({
    ending: { kind: "timedOut", afterMs: 70 },
    spilled: { stdout: 12, stderr: 3 },
    lost: "ENOSPC",
  });
});

test("bytes that are no text stay as they are", () => {
  expect(read("\xff\0\n\n\nT0K exited 1\n")?.stderr).toEqual(Buffer.from("\xff\0\n\n", "latin1"));
});

test.each(["", "exited 0\n", "\nT0K exited 0", "\nT0K exploded 3\n", "\nOTHER exited 0\n", "\nT0K exited 0\nmore\n"])(
  "no trailer: %j",
  text => {
    expect(read(text)).toBeUndefined();
  },
);

test("the program cannot say it first", () => {
  expect(read("\nT0K exited 0\n\nT0K signalled SIGSEGV\n")?.ending).toEqual({ kind: "signalled", signal: "SIGSEGV" });
});
