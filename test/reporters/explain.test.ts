import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Code, codes } from "../../src/model/reason.ts";
import { explain, pageHead } from "../../src/reporters/explain.ts";

const folder = new URL("../../docs/codes/", import.meta.url);
const page = (code: string) => readFileSync(new URL(`${code}.md`, folder), "utf8");

describe("the pages of the reason codes", () => {
  it("are one a code, and none is left over", () => {
    expect(readdirSync(folder).sort()).toEqual(
      Object.keys(codes)
        .map(code => `${code}.md`)
        .sort(),
    );
  });

  it.each(Object.keys(codes) as Code[])("%s begins as the table has it and answers the three questions", code => {
    const text = page(code);
    expect(text.slice(0, pageHead(code).length)).toBe(pageHead(code));
    const questions = text.match(/^\*\*[^*]+\.\*\*/gm);
    expect(questions).toEqual(["**What it means.**", "**How it is known.**", "**What to do.**"]);
    expect(text.trimEnd().split("\n").length).toBeGreaterThanOrEqual(6);
    expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(15);
  });

  it("name codes that exist", () => {
    for (const code of Object.keys(codes)) {
      const named = page(code).matchAll(
        /`((?:vmm|virtiofsd|kernel|package|host|guest|provenance|lsm|infra|harness)\.[a-z-]+)`/g,
      );
      for (const [, other] of named) expect(Object.keys(codes)).toContain(other);
    }
  });
});

describe("explaining a code", () => {
  it("is its page as text", () => {
    expect(explain("infra.no-tun", page("infra.no-tun"))).toBe(
      [
        "infra.no-tun",
        "",
        "The testbed has no usable /dev/net/tun. Blames the machine that this ran on, never the distro.",
        "",
        "What it means. A guest's network needs a tap interface, and the testbed has no /dev/net/tun that can be",
        "opened.",
        "",
        "How it is known. The device was looked for on the testbed before the guest was started.",
        "",
        "What to do. modprobe tun on the runner, or --testbed vm.",
        "",
      ].join("\n"),
    );
  });

  it("says what weighs on the distro", () => {
    expect(explain("guest.vsock", "")).toContain("Blames the distro, and counts against it.");
    expect(explain("virtiofsd.syntax", "")).toContain("but does not count against it.");
  });
});
