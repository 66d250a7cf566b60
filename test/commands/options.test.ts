import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commands } from "../../src/commands/options.ts";
import { Arch, TestbedKind, Tier } from "../../src/model/words.ts";
import { schemaNames } from "../../src/results/schemas.ts";

const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const option = (command: string, flag: string) =>
  commands.find(({ name }) => name === command)?.options.find(({ flags }) => flags.includes(flag));

describe("the options' table", () => {
  it("has the words of the model", () => {
    expect(option("verify", "--tier")?.value).toEqual(Tier.options);
    expect(option("verify", "--arch")?.value).toEqual(Arch.options);
    expect(option("verify", "--testbed")?.value).toEqual(["auto", ...TestbedKind.options]);
  });

  it("has every schema's name", () => {
    expect(commands.find(({ name }) => name === "schema")?.arguments[0]?.value).toEqual([...schemaNames]);
  });

  it("has presets that it would accept", () => {
    for (const { options } of commands) {
      for (const { value, preset } of options) {
        if (Array.isArray(value) && preset !== undefined) expect(value).toContain(preset);
      }
    }
  });

  it("names a value where and only where an option takes one", () => {
    for (const { options } of commands) {
      for (const { flags, value } of options)
        expect([flags, value !== undefined]).toEqual([flags, flags.includes("<")]);
    }
  });

  it("has an npm script for each of its commands but the completions", () => {
    const named = commands.map(({ name }) => name).filter(name => name !== "completion");
    expect(named.filter(name => scripts[name] !== `node bin/kata-verify.mjs ${name}`)).toEqual([]);
  });
});
