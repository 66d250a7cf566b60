import { existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { allEvaluated } from "./expressions.ts";
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

/** Runs the action as a step with `with:` does: each of its scripts until one fails, and its outputs from theirs. */
function uses(at: Runner, given: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>): Ended {
  at.program("sudo", "");
  const contexts = { inputs: { ...defaults, ...given } };
  const seen = { printed: "", code: 0 as number | null, steps: {} as Record<string, object> };
  for (const step of scripts) {
    const { code, printed, outputs } = at.step(step, contexts, { GITHUB_ACTION_PATH: project, ...env });
    seen.printed += printed;
    seen.code = code;
    if (step["id"] !== undefined) seen.steps[String(step["id"])] = { outputs };
    if (code !== 0) break;
  }
  const values = Object.entries(mapOf(action["outputs"])).map(([name, output]) => [name, mapOf(output)["value"]]);
  const outputs = allEvaluated(Object.fromEntries(values), { steps: seen.steps });
  return { code: seen.code, printed: seen.printed, outputs: outputs as Ended["outputs"] };
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
    // A folder and a file may have any name.
    expect(seen.code).toBe(paths.includes(name) ? 0 : 2);
    const argv = at.calls("stand-in.cjs")[0]?.argv ?? [];
    expect(argv.filter(one => one.includes("pwned"))).toEqual(paths.includes(name) ? [at.path(hostile)] : []);
    expect(existsSync(at.path("pwned"))).toBe(false);
  });

  it("says that nothing is known where an input is refused", () => {
    using at = runner();
    const seen = uses(at, { target: "--all" }, { KATA_VERIFY_PROGRAM: standIn(at, [{ code: 0 }]) });
    expect(seen).toMatchObject({ code: 2, outputs: { product: "unknown", infra: "true" } });
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
