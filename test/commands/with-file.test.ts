import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { UserFileOption, userFiles } from "../../src/commands/with-file.ts";
import { folder } from "../images/folder.ts";

it("is a part and a file, by its whole path", () => {
  expect(UserFileOption.parse("virtiofsd=./a=b")).toEqual({ part: "virtiofsd", file: resolve("a=b") });
});

it.each(["", "virtiofsd", "virtiofsd=", "./virtiofsd", "vmm=/bin/false"])("is not %j", typed => {
  expect(UserFileOption.safeParse(typed).error?.issues[0]?.message).toBe("PART=PATH, where PART is virtiofsd");
});

it("is a file that can be read, and one of each part", async () => {
  const file = join(await folder(), "virtiofsd");
  await expect(userFiles([{ part: "virtiofsd", file }])).rejects.toThrow(/--with-file: .* is not a file/);
  writeFileSync(file, "\x7fELF");
  const one = { part: "virtiofsd", file } as const;
  await expect(userFiles([one])).resolves.toBeUndefined();
  await expect(userFiles([one, one])).rejects.toThrow("virtiofsd is given twice");
});

it.each(["", "\x7fEL", "root:x:0:0", "!<arch>\n"])("is not what begins with %j", async text => {
  const file = join(await folder(), "virtiofsd");
  writeFileSync(file, text);
  await expect(userFiles([{ part: "virtiofsd", file }])).rejects.toThrow(`--with-file: ${file} is no program`);
});
