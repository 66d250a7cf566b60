import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { allEvaluated, holds } from "./expressions.ts";
import { files, job, project } from "./files.ts";
import { mapOf } from "./jobs.ts";
import { type Ended, type Runner, runner } from "./scripts.ts";
import { standIn } from "./stand-in.ts";

const action = files.find(([path]) => path === "action.yml")?.[1].content ?? {};
const { steps } = job("action.yml", "action");
const scripts = steps.filter(({ run }) => run !== undefined);
const defaults = Object.fromEntries(
  Object.entries(mapOf(action["inputs"])).map(([name, input]) => [name, mapOf(input)["default"] ?? ""]),
);

interface Used extends Ended {
  /** What other actions it calls, with what. */
  readonly called: readonly (readonly [string, object])[];
}

/** Runs the action as a step with `with:` does: each of its steps until one fails, and its outputs from theirs. */
function uses(at: Runner, given: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>): Used {
  at.program("sudo", "");
  const seen = { printed: "", code: 0 as number | null, steps: {} as Record<string, object> };
  const called: [string, object][] = [];
  for (const step of steps) {
    const contexts = { inputs: { ...defaults, ...given }, steps: seen.steps };
    if (!holds(step["if"], contexts)) continue;
    if (step["uses"] !== undefined) {
      called.push([String(step["uses"]).replace(/@.*/, ""), allEvaluated(mapOf(step["with"]), contexts)]);
      continue;
    }
    const { code, printed, outputs } = at.step(step, contexts, { GITHUB_ACTION_PATH: project, ...env });
    seen.printed += printed;
    seen.code = code;
    if (step["id"] !== undefined) seen.steps[String(step["id"])] = { outputs };
    if (code !== 0) break;
  }
  const values = Object.entries(mapOf(action["outputs"])).map(([name, output]) => [name, mapOf(output)["value"]]);
  const outputs = allEvaluated(Object.fromEntries(values), { steps: seen.steps });
  return { code: seen.code, printed: seen.printed, outputs: outputs as Ended["outputs"], called };
}

/** Stands for kata-verify: leaves the files of a recorded run as one of now does, and ends so. */
function recorded(at: Runner, name: string, code: number): string {
  at.program(
    "recorded.cjs",
    `const { cpSync } = require("node:fs");
const folder = argv[argv.indexOf("--out") + 1] + "/" + argv[1];
cpSync(${JSON.stringify(join(project, "test/replay", name))}, folder, { recursive: true });
if (process.env.GITHUB_ACTIONS === "true") appendFileSync(process.env.GITHUB_STEP_SUMMARY, readFileSync(folder + "/summary.md"));
process.exitCode = ${code};`,
  );
  return at.path("bin/recorded.cjs");
}

describe("action.yml", () => {
  it.each([
    { of: "a pass", name: "debian-13-kata", code: 0, product: "provisional", infra: "false", tries: 1 },
    { of: "a failure", name: "debian-12-kata", code: 1, product: "unsupported", infra: "true", tries: 1 },
    { of: "what could not be told", name: "debian-12-container", code: 3, product: "unknown", infra: "true", tries: 2 },
  ])("says of $of what its recorded verdict says: $product, $infra", ({ name, code, product, infra, tries }) => {
    using at = runner();
    const target = name.split("-").slice(0, 2).join("-");
    const summary = at.path("step-summary");
    const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary };
    const seen = uses(at, { target }, { ...env, KATA_VERIFY_PROGRAM: recorded(at, name, code) });
    const results = at.path(`results/${target}`);
    expect(seen).toMatchObject({ code, outputs: { product, infra, results, junit: join(results, "junit.xml") } });
    expect(at.calls("recorded.cjs")).toHaveLength(tries);
    expect(readFileSync(seen.outputs["junit"] ?? "", "utf8")).toContain("<testsuite");
    expect(at.read("step-summary").split(/^# /m).length - 1).toBe(tries);
  });

  it.each([
    { code: 0, standing: "supported", product: "supported", infra: "false" },
    { code: 1, standing: "unsupported", product: "unsupported", infra: "false" },
    { code: 2, product: "unknown", infra: "true" },
    { code: 3, standing: "inconclusive", product: "unknown", infra: "true" },
    { code: 4, standing: "not-applicable", product: "not-applicable", infra: "false" },
    { code: 70, product: "unknown", infra: "true" },
  ])("ends with the exit code of kata-verify: $code is $product, $infra", ({ product, infra, ...end }) => {
    using at = runner();
    const seen = uses(at, { target: "debian-13" }, { KATA_VERIFY_PROGRAM: standIn(at, [end]) });
    expect(seen).toMatchObject({ code: end.code, outputs: { product, infra } });
    expect(at.calls("stand-in.cjs")).toHaveLength(end.code === 3 ? 2 : 1);
  });

  it("asks for what its inputs say, with packages of the caller's own", () => {
    using at = runner();
    const given = {
      ...{ contact: "", attest: "false" },
      ...{ target: "debian-13", scenarios: "qemu-distro-kernel qemu-kata-kernel", tier: "guest", arch: "arm64" },
      ...{ testbed: "vm", require: "kvm", deadline: "45m", packages: "one.deb\n --setup.deb\n", catalog: "own" },
      out: "there",
    };
    const KATA_VERIFY_PROGRAM = standIn(at, [{ code: 0, standing: "supported" }]);
    expect(uses(at, given, { KATA_VERIFY_PROGRAM })).toMatchObject({ code: 0 });
    expect(Object.keys(given).sort()).toEqual(Object.keys(defaults).sort());
    expect(at.calls("stand-in.cjs")[0]?.argv).toEqual([
      ...["verify", "debian-13", "--scenario", "qemu-distro-kernel", "qemu-kata-kernel", "--arch", "arm64"],
      ...["--tier", "guest", "--out", at.path("there"), "--setup", "--testbed", "vm", "--require", "kvm"],
      ...["--deadline", "45m", "--catalog", at.path("own")],
      ...["--with-package", at.path("one.deb"), at.path("--setup.deb")],
    ]);
  });

  it.each(Object.keys(defaults))("hands %s to no shell, and takes no other option out of it", name => {
    using at = runner();
    const hostile = '$(touch pwned)`touch pwned`"; touch pwned #';
    const KATA_VERIFY_PROGRAM = standIn(at, [{ code: 0, standing: "supported" }]);
    const seen = uses(at, { target: "debian-13", [name]: hostile }, { KATA_VERIFY_PROGRAM });
    const paths = ["packages", "catalog", "out"];
    // A folder and a file may have any name, and whom to ask is for kata-verify to judge. What is not `true` asks for nothing.
    expect(seen.code).toBe([...paths, "contact", "attest"].includes(name) ? 0 : 2);
    const argv = at.calls("stand-in.cjs").flatMap(call => call.argv);
    const taken = name === "contact" ? [`--contact=${hostile}`] : paths.includes(name) ? [at.path(hostile)] : [];
    expect(argv.filter(one => one.includes("pwned"))).toEqual(taken);
    expect(seen.called.map(([action]) => action)).toEqual(["actions/setup-node"]);
    expect(existsSync(at.path("pwned"))).toBe(false);
  });

  it("says that nothing is known where an input is refused", () => {
    using at = runner();
    const seen = uses(at, { target: "--all" }, { KATA_VERIFY_PROGRAM: standIn(at, [{ code: 0 }]) });
    expect(seen).toMatchObject({ code: 2, outputs: { product: "unknown", infra: "true" } });
  });

  describe("with a bundle", () => {
    const ask = { target: "debian-13", contact: "you@example.org", attest: "true" };
    const attested = (seen: Used) => seen.called.filter(([name]) => name === "actions/attest");

    it("makes one of a run that passed, and has it signed", () => {
      using at = runner();
      const seen = uses(at, ask, {
        KATA_VERIFY_PROGRAM: standIn(at, [{ code: 0, standing: "supported" }, { code: 0 }]),
      });
      const bundle = at.path("results/debian-13.tar.gz");
      expect(seen).toMatchObject({ code: 0, outputs: { bundle } });
      expect(at.calls("stand-in.cjs")[1]?.argv).toEqual([
        ...["certify", "--from", at.path("results/debian-13"), "--contact=you@example.org", "--bundle", bundle],
      ]);
      expect(attested(seen)).toEqual([["actions/attest", { "subject-path": bundle }]]);
    });

    it.each([
      { why: "that is not asked for", given: { contact: "", attest: "false" }, ends: [0], code: 0, calls: 1 },
      { why: "of a failure", given: {}, ends: [1], code: 1, calls: 1 },
      { why: "of what could not be told", given: {}, ends: [3, 3], code: 3, calls: 2 },
      { why: "that certify refuses", given: {}, ends: [0, 1], code: 1, calls: 2 },
      { why: "without anybody to ask", given: { contact: "" }, ends: [0], code: 2, calls: 1 },
    ])("makes and signs none $why", ({ given, ends, code, calls }) => {
      using at = runner();
      const program = standIn(
        at,
        ends.map(one => ({ code: one })),
      );
      const seen = uses(at, { ...ask, ...given }, { KATA_VERIFY_PROGRAM: program });
      expect(seen).toMatchObject({ code, outputs: { bundle: "" } });
      expect(at.calls("stand-in.cjs")).toHaveLength(calls);
      expect(attested(seen)).toEqual([]);
    });

    it("asks the real program in words that it has", () => {
      using at = runner();
      const [, , bundle = {}] = scripts;
      const contexts = { inputs: { ...defaults, ...ask, out: join(project, "test/replay") } };
      const seen = at.step(
        bundle,
        { inputs: { ...contexts.inputs, target: "debian-13-vm" } },
        { GITHUB_ACTION_PATH: project },
      );
      // Recorded before there was a list of what is required.
      expect(seen.code).not.toBe(0);
      expect(seen.printed).toContain("required.missing");
      expect(existsSync(join(project, "test/replay/debian-13-vm.tar.gz"))).toBe(false);
    });
  });

  it("opens KVM before, where it may", () => {
    using at = runner();
    uses(at, { target: "debian-13" }, { KATA_VERIFY_PROGRAM: standIn(at, [{ code: 0, standing: "supported" }]) });
    expect(at.calls("sudo").map(({ argv }) => argv.slice(1, 3).join(" "))).toEqual([
      ...["tee /etc/udev/rules.d/99-kvm.rules", "udevadm control", "udevadm trigger"],
      ...["modprobe vhost_vsock", "modprobe vhost_net"],
    ]);
  });

  it("goes on where there is no sudo, or one that wants a password", () => {
    using at = runner();
    const [kvm = {}] = scripts;
    for (const name of ["bash", "sh", "ls"]) symlinkSync(`/bin/${name}`, at.path(`bin/${name}`));
    const env = { PATH: at.path("bin"), GITHUB_ACTION_PATH: project };
    const seen = [at.step(kvm, {}, env)];
    at.program("sudo", 'console.error("sudo: a password is required"); process.exitCode = 1;');
    seen.push(at.step(kvm, {}, env));
    expect(seen.map(({ code }) => code)).toEqual([0, 0]);
    expect(seen.filter(({ printed }) => !printed.includes("/dev/kvm stays as it is"))).toEqual([]);
    expect(at.calls("sudo")).toHaveLength(1);
  });
});
