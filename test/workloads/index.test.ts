import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Evidence } from "../../src/model/evidence.ts";
import { WorkloadId } from "../../src/model/words.ts";
import { guestChecks, workloads } from "../../src/workloads/index.ts";
import { commands, initScript } from "../../src/workloads/init.ts";
import { exampleBoot } from "./boot.ts";

const all = Object.values(workloads);

describe("workloads", () => {
  it("has a file for each, and no other but the parts that they share", () => {
    const shared = ["asked", "example", "guest-check", "index", "init", "looked", "marks", "trouble", "workload"];
    const files = readdirSync(new URL("../../src/workloads", import.meta.url))
      .filter(name => name.endsWith(".ts"))
      .map(name => name.replace(/\.ts$/, ""));
    expect(files.sort()).toEqual([...WorkloadId.options, ...shared].sort());
    expect(Object.entries(workloads).map(([id, workload]) => [id, workload.id])).toEqual(all.map(({ id }) => [id, id]));
  });

  it("names each check after its workload", () => {
    for (const { id, check, title } of all) expect(check).toMatchObject({ id: `guest.${id}`, tier: "guest", title });
  });

  it("asks of a scenario what it names, and what ran the guest", () => {
    expect(guestChecks(["block"]).map(check => check.id)).toEqual(["guest.vmm", "guest.acceleration", "guest.block"]);
  });

  it.each(guestChecks([...WorkloadId.options]))("$id accepts its one example and rejects the other", check => {
    const judge = (part: object) => check.judge(part as Evidence).outcome;
    expect(judge(check.examples.pass)).toBe("pass");
    expect(judge(check.examples.fail)).toBe("fail");
  });

  it("gives names to descriptors by which a refusal is told", () => {
    for (const { id, descriptors } of all)
      for (const [at, option] of (descriptors?.(exampleBoot) ?? []).entries())
        expect(at % 2 === 0 ? "--" : option.split("=")[0]).toMatch(at % 2 === 0 ? /^--$/ : new RegExp(`^${id}(-|$)`));
  });

  it("fills each place of an argument by a descriptor of its own", () => {
    for (const { descriptors, devices } of all) {
      const named = (descriptors?.(exampleBoot) ?? []).flatMap((one, at) => (at % 2 === 1 ? [one.split("=")[0]] : []));
      const places = devices(exampleBoot).flatMap(one => [...one.matchAll(/\{([^}]+)\}/g)].map(match => match[1]));
      expect(places.sort()).toEqual(named.sort());
    }
  });
});

describe("the guest's init", () => {
  const script = initScript(all);

  it("is a script that a shell can read", () => {
    expect(() => execFileSync("sh", ["-n"], { input: script, stdio: "pipe" })).not.toThrow();
  });

  it.each(commands)("calls %s, for which the archive has a name", name => {
    expect(script).toMatch(new RegExp(`(?<![\\w.-])${name}(?![\\w-])`));
  });

  it("leaves out what the boot leaves out, and always ends", () => {
    expect(initScript([workloads.block])).not.toContain("workload=vsock");
    expect(initScript([workloads.block]).trimEnd()).toMatch(/poweroff -f$/);
  });
});
