import { describe, expect, test } from "vitest";
import { manifest } from "../../src/images/manifest.ts";
import type { Package } from "../../src/model/evidence.ts";

const own = { name: "Debian trixie/main", own: true };
const update = { version: "2", repository: own };
const one: Package = { name: "seabios", version: "1", arch: "all", repository: null };

describe("an installed package", () => {
  test.each([
    ["of a repository", new Map([["seabios", own]]), new Map(), [], { repository: own }],
    ["of none", new Map(), new Map(), [], {}],
    ["that an update would replace", new Map(), new Map([["seabios", update]]), [], { update }],
    [
      "of a repository, that an update would replace",
      new Map([["seabios", own]]),
      new Map([["seabios", update]]),
      [],
      { repository: own, update },
    ],
    [
      "of a file of the user's",
      new Map([["seabios", own]]),
      new Map([["seabios", update]]),
      ["seabios"],
      { candidate: true },
    ],
  ])("%s", (_, repositories, updates, candidates, more) => {
    expect(manifest([one], repositories, updates, candidates)).toStrictEqual([{ ...one, ...more }]);
  });
});
