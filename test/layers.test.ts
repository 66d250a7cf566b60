import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const src = new URL("../src", import.meta.url).pathname;

/** Innermost first. A part may import from its own layer and from those above it here; `packages` are all that it may use. */
const layers = [
  { name: "nouns", parts: ["model"], packages: ["zod"], async: false },
  {
    name: "declarations",
    parts: ["packages", "vmms", "kata", "workloads", "requirements"],
    packages: ["zod"],
    async: false,
  },
  { name: "decisions", parts: ["plan", "judge", "matrix", "osinfo", "reporters"], packages: ["zod"], async: false },
  { name: "hands", parts: ["observe", "testbeds", "images", "results", "bundle"], packages: "*", async: true },
  { name: "door", parts: ["commands", "main.ts"], packages: "*", async: true },
] as const;

interface Source {
  readonly path: string;
  readonly text: string;
  /** The text without comments and strings' contents, for looking for words of the language. */
  readonly code: string;
  readonly imports: readonly string[];
}

const statement = /(?:^|\n)\s*(?:import|export)\b[^;"']*?from\s*"(?<from>[^"]+)"|\bimport\("(?<later>[^"]+)"\)/g;
const noise = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g;

const sources: readonly Source[] = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter(path => path.endsWith(".ts"))
  .map(path => {
    const text = readFileSync(join(src, path), "utf8");
    const imports = [...text.matchAll(statement)].map(found => found.groups?.["from"] ?? found.groups?.["later"] ?? "");
    return { path, text, code: text.replace(noise, '""'), imports };
  });

const part = (path: string): string => path.split("/")[0] ?? "";
const layerOf = (path: string): number =>
  layers.findIndex(({ parts }) => (parts as readonly string[]).includes(part(path)));
const target = (from: string, to: string): string => normalize(join(dirname(from), to));
const offenders = (wrong: (source: Source) => unknown): string[] => sources.filter(wrong).map(({ path }) => path);

describe("layers", () => {
  it("are where every file of the sources belongs", () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(offenders(({ path }) => layerOf(path) < 0)).toEqual([]);
  });

  it("import only from themselves and from what stands above them", () => {
    const upward = sources.flatMap(({ path, imports }) =>
      imports
        .filter(to => to.startsWith(".") && layerOf(target(path, to)) > layerOf(path))
        .map(to => `${path} → ${target(path, to)}`),
    );
    expect(upward).toEqual([]);
  });

  it.each(layers.filter(({ packages }) => packages !== "*"))(
    "$name: only $packages of the packages",
    ({ parts, packages }) => {
      const foreign = sources
        .filter(({ path }) => (parts as readonly string[]).includes(part(path)))
        .flatMap(({ path, imports }) => imports.filter(to => !to.startsWith(".")).map(to => ({ path, to })))
        .filter(({ to }) => !(packages as readonly string[]).includes(to))
        .map(({ path, to }) => `${path} → ${to}`);
      expect(foreign).toEqual([]);
    },
  );

  it.each(layers.filter(one => !one.async))("$name: never wait", ({ parts }) => {
    const inside = ({ path }: Source) => (parts as readonly string[]).includes(part(path));
    const waiting = /\basync (?:function\b|\(|\w+ =>|\w+\()|\bawait [\w$([]|\bnew Promise\b|\bPromise\.|\.then\(/;
    expect(offenders(source => inside(source) && waiting.test(source.code))).toEqual([]);
  });

  it.each(layers.filter(one => !one.async))("$name: no clock, no chance, no process", ({ parts }) => {
    const inside = ({ path }: Source) => (parts as readonly string[]).includes(part(path));
    const ambient =
      /\bnew Date\(\)|\bDate\.now\b|\bMath\.random\b|\bprocess\.|\bconsole\.(?:log|error)\b|\bglobalThis\b|\bsetTimeout\b/;
    expect(offenders(source => inside(source) && ambient.test(source.code))).toEqual([]);
  });
});

/** The files that are loaded, at once or later, where these are. */
function reached(...from: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    const source = sources.find(one => one.path === path);
    if (source === undefined || seen.has(path)) return;
    seen.add(path);
    for (const to of source.imports.filter(one => one.startsWith("."))) visit(target(path, to));
  };
  for (const path of from) visit(path);
  return seen;
}

describe("extension points", () => {
  it.each([
    { folder: "packages", type: "PackageManager" },
    { folder: "vmms", type: "Vmm" },
    { folder: "workloads", type: "Workload" },
  ])("$folder: the table in index.ts has every $type", ({ folder, type }) => {
    const adapters = sources.filter(
      ({ path, code }) => dirname(path) === folder && new RegExp(`^export const \\w+: ${type} =`, "m").test(code),
    );
    const table = sources.find(({ path }) => path === `${folder}/index.ts`);
    const listed = table?.imports.map(to => target(`${folder}/index.ts`, to)) ?? [];
    expect(adapters.length).toBeGreaterThan(0);
    expect(adapters.map(({ path }) => path).filter(path => !listed.includes(path))).toEqual([]);
  });

  it("requirements: index.ts has every file of checks", () => {
    const listed = reached("requirements/index.ts");
    expect(offenders(({ path }) => path.startsWith("requirements/checks/") && !listed.has(path))).toEqual([]);
  });

  it("are all there is: an entry loads every file of the sources", () => {
    const loaded = reached("main.ts", "commands/prepare.ts", "commands/reading.ts");
    expect(offenders(({ path }) => !loaded.has(path))).toEqual([]);
  });
});

describe("shape", () => {
  it("has no drawer for what has no name", () => {
    const drawers = ["utils", "util", "helpers", "helper", "common", "core", "manager", "misc", "shared", "lib"];
    const named = (path: string) => path.split("/").some(step => drawers.includes(step.replace(/\.ts$/, "")));
    expect(offenders(({ path }) => named(path))).toEqual([]);
  });

  it("keeps no state in modules and exports by name", () => {
    expect(offenders(({ code }) => /^(?:export )?(?:let|var)\b/m.test(code))).toEqual([]);
    expect(offenders(({ code }) => /\bexport default\b/.test(code))).toEqual([]);
  });

  it("has no classes but errors, no enums and no namespaces", () => {
    const classes = sources.flatMap(({ path, code }) =>
      [...code.matchAll(/\bclass (?<name>\w+)(?: extends (?<base>\w+))?/g)]
        .filter(({ groups }) => !/Error$|^TestbedGone$/.test(groups?.["base"] ?? ""))
        .map(({ groups }) => `${path}: ${groups?.["name"]}`),
    );
    expect(classes).toEqual([]);
    expect(offenders(({ code }) => /^(?:export )?(?:const )?(?:enum|namespace) /m.test(code))).toEqual([]);
  });

  it("switches no check off", () => {
    expect(offenders(({ text }) => /@ts-(?:ignore|expect-error|nocheck)|biome-ignore/.test(text))).toEqual([]);
    expect(offenders(({ code }) => /\bas any\b|: any\b|<any\b/.test(code))).toEqual([]);
  });

  it("imports zod so that a build leaves out what is not used", () => {
    const whole = /import (?:type .*|\* as z) from "zod"/;
    expect(offenders(({ text }) => / from "zod"/.test(text) && !whole.test(text))).toEqual([]);
  });

  it("keeps files small: half of them below 120 lines, none above 250", () => {
    const lines = sources.map(({ text }) => text.split("\n").length).sort((a, b) => a - b);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThan(120);
    expect(offenders(({ text }) => text.split("\n").length > 250)).toEqual([]);
  });
});
