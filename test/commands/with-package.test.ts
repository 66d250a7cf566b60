import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { packageFiles } from "../../src/commands/with-package.ts";
import { folder } from "../images/folder.ts";

const deb = "!<arch>\ndebian-binary";
const rpm = Buffer.from([0xed, 0xab, 0xee, 0xdb, 3, 0, 0, 0, 0]);

it.each(["", "!<arch>", "\x7fELF", "[Unit]\n"])("takes no file for a package that begins with %j", async text => {
  const path = join(await folder(), "a_1_amd64.deb");
  writeFileSync(path, text);
  await expect(packageFiles([path])).rejects.toThrow(`--with-package: ${path} is neither a .deb nor an .rpm`);
});

it("takes files of one name that nothing calls the same package, of several architectures, and one named twice", async () => {
  const names = [
    "package.deb",
    "package.deb",
    "a_1_amd64.deb",
    "a_1_arm64.deb",
    "a-doc_1_amd64.deb",
    "a-1-2.x86_64.rpm",
  ];
  const files = await Promise.all(names.map(async name => join(await folder(), name)));
  for (const file of files) writeFileSync(file, file.endsWith(".deb") ? deb : rpm);
  await expect(packageFiles([...files, ...files])).resolves.toBeUndefined();
});
