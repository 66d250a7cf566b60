import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { verifyOptions } from "../../src/commands/verify-options.ts";
import { UsageError } from "../../src/model/failure.ts";

const read = (options: Readonly<Record<string, unknown>>) =>
  verifyOptions({ command: "verify", arguments: [], options: { out: "results", jobs: "1", cache: true, ...options } });

describe("the options of verify", () => {
  it("have folders and files by their whole paths", () => {
    expect(read({ withPackage: ["a.deb"] })).toMatchObject({
      out: resolve("results"),
      withPackage: [resolve("a.deb")],
    });
  });

  it("take no empty path, which would be the current folder", () => {
    expect(() => read({ out: "" })).toThrow(UsageError);
    expect(() => read({ out: "" })).toThrow("--out: the path of a folder");
    expect(() => read({ withPackage: [""] })).toThrow("--with-package: the path of a package file");
  });

  it.each([
    ["45m", 45 * 60_000],
    ["596h", 596 * 3_600_000],
    ["35760m", 596 * 3_600_000],
  ])("take a deadline of %s, for which a timer can be set", (deadline, ms) => {
    expect(read({ deadline }).deadline).toBe(ms);
    expect(ms).toBeLessThan(2 ** 31);
  });

  it.each(["597h", "35761m", "999999h"])("take no deadline of %s, with which a timer ends at once", deadline => {
    expect(() => read({ deadline })).toThrow("--deadline: a duration of 596h at most");
  });

  it.each(["", "0h", "1d", "5", "-1h"])("take no deadline of %j", deadline => {
    expect(() => read({ deadline })).toThrow("--deadline: a duration such as");
  });
});
