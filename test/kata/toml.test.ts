import { describe, expect, it } from "vitest";
import { readStrings, toml } from "../../src/kata/toml.ts";

const awkward = [
  "",
  "plain",
  'a "quoted" word',
  "C:\\back\\slash\\",
  "tab\tnewline\nreturn\rfeed\fback\b",
  "nul\u0000 escape\u001b delete\u007f",
  "ümlaut 日本 🐧",
  "[hypervisor.qemu]",
  'key = "value" # no comment',
  "''' \"\"\"",
  "$HOME `id` \\u0041",
];

/** TOML 1.0's grammar of a basic string, read strictly: what is not allowed in one does not match. */
const basic = /^"((?:[^\u0000-\u0008\u000a-\u001f\u007f"\\]|\\["\\bfnrt]|\\u[\dA-Fa-f]{4})*)"$/;

function strictly(written: string): string {
  const inside = basic.exec(written)?.[1];
  if (inside === undefined) throw new Error(`no basic string of TOML: ${written}`);
  // The escapes that are left are those of JSON, which has no others of these.
  return JSON.parse(`"${inside.replaceAll("\t", "\\t")}"`);
}

describe("a document in TOML", () => {
  it("has a table and its values, each on a line", () => {
    expect(
      toml({ "hypervisor.qemu": { path: "/q", n: 45, yes: true, list: ["a", 'b"'] }, runtime: { no: false } }),
    ).toBe(`[hypervisor.qemu]\npath = "/q"\nn = 45\nyes = true\nlist = ["a", "b\\""]\n\n[runtime]\nno = false\n`);
  });

  it.each(awkward)("writes %j so that a strict reader gets it back", text => {
    const [, line = ""] = toml({ t: { key: text } }).split("\n");
    expect(strictly(line.replace(/^key = /, ""))).toBe(text);
  });

  it.each(awkward)("reads its own %j", text => {
    expect(readStrings(toml({ other: { key: "no" }, t: { key: text } }), "t").get("key")).toBe(text);
  });

  it("never writes half a character, which is no text in TOML", () => {
    expect(toml({ t: { key: "\ud83d, \ud83d\udc27" } })).toBe('[t]\nkey = "\ufffd, \u{1f427}"\n');
  });

  it.each([1.5, Number.NaN, Number.POSITIVE_INFINITY])("does not write %d, which no key of Kata takes", number => {
    expect(() => toml({ t: { key: number } })).toThrow(RangeError);
  });
});

describe("a configuration of Kata's", () => {
  const theirs = `# comment
[hypervisor.qemu]
path = "/opt/kata/bin/qemu-system-x86_64" # with a comment
#kernel = "/not/this"
  kernel_params = "cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1"
literal = 'C:\\no\\escape'
valid_hypervisor_paths = ["/opt/kata/bin/qemu"]
default_vcpus = 1
unicode = "\\u00fc\\U0001F427"

[ agent.kata ]
path = "/other"

[runtime]
`;

  it("gives the strings of one table", () => {
    expect(Object.fromEntries(readStrings(theirs, "hypervisor.qemu"))).toEqual({
      path: "/opt/kata/bin/qemu-system-x86_64",
      kernel_params: "cgroup_no_v1=all systemd.unified_cgroup_hierarchy=1",
      literal: "C:\\no\\escape",
      unicode: "ü🐧",
    });
    expect(Object.fromEntries(readStrings(theirs, "agent.kata"))).toEqual({ path: "/other" });
    expect(readStrings(theirs, "agent").size).toBe(0);
  });
});
