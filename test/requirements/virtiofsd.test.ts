import { expect, it } from "vitest";
import { readVirtiofsdIdentity } from "../../src/requirements/steps/virtiofsd.ts";
import { exited } from "../judge/evidence.ts";

it.each([
  ["virtiofsd 1.13.2\n", { implementation: "rust", version: "1.13.2" }],
  ["virtiofsd backend 1.1.0\n", { implementation: "rust", version: "1.1.0" }],
  [
    "virtiofsd version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)\nusing FUSE kernel interface version 7.36\n",
    { implementation: "c", version: "7.2.22" },
  ],
  ["using FUSE kernel interface version 7.32\n", { implementation: "c", version: null }],
  ["", null],
  ["/usr/libexec/virtiofsd: error while loading shared libraries\n", null],
])("%j is %j", (text, identity) => {
  expect(readVirtiofsdIdentity(exited(text))).toEqual(identity);
});
