import { describe, expect, it } from "vitest";
import { virtiofsdArguments, virtiofsdKind } from "../../src/vmms/virtiofsd.ts";
import { diagnoseVirtiofsd } from "../../src/vmms/virtiofsd-trouble.ts";
import { printed } from "../../src/workloads/example.ts";

describe("virtiofsd", () => {
  it.each([
    ["virtiofsd 1.13.2", "rust"],
    ["virtiofsd version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)", "c"],
    ["", "rust"],
  ])("is told by what it calls itself: %j", (version, kind) => {
    expect(virtiofsdKind(version)).toBe(kind);
  });

  it("is called with Kata's options in its own words", () => {
    expect(virtiofsdArguments("rust", "/s", "/d").join(" ")).toBe(
      "--socket-path /s --shared-dir /d --cache auto --thread-pool-size=1 --announce-submounts",
    );
    expect(virtiofsdArguments("c", "/s", "/d").join(" ")).toBe(
      "--socket-path=/s -o source=/d -o cache=auto -o announce_submounts --thread-pool-size=1",
    );
  });

  it("is well where it waited for a VMM", () => {
    expect(diagnoseVirtiofsd(printed("waiting\n"))).toBeNull();
    expect(diagnoseVirtiofsd(undefined)).toBeNull();
  });

  it("is quoted where it was not", () => {
    const seen = {
      ...printed("exited 1\n"),
      ending: { kind: "exited", code: 1 } as const,
      stderr: "mount(/, MS_REC, MS_SLAVE): Permission denied\n",
    };
    expect(diagnoseVirtiofsd(seen)).toMatchObject({
      code: "virtiofsd.exited-early",
      message: "virtiofsd exited with 1 before a VMM could connect: mount(/, MS_REC, MS_SLAVE): Permission denied",
    });
  });
});
