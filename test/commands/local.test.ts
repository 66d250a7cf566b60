import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { mustBeAble, policyText, prepareLocal } from "../../src/commands/local.ts";
import { UsageError } from "../../src/model/failure.ts";
import { planCells } from "../../src/plan/cells.ts";
import { readOsRelease } from "../../src/plan/this-machine.ts";
import { scenario, target } from "../judge/evidence.ts";
import { fakeMachine } from "./fake-machine.ts";

const release = readOsRelease('ID=debian\nVERSION_ID="13"\n', "amd64");
const cells = planCells(
  { targets: [target], scenarios: [scenario] },
  {
    ...{ targets: ["debian-13"], scenarios: [], arch: "amd64", tier: "contract", testbed: "local" },
    ...{ requireKvm: false, kata: { source: "release" }, workloads: "gating" },
  },
  { kvm: "absent", vhostVsock: false, virtualized: true, nested: false, release },
);

/** Has one package and offers all others; writes down what it is asked to install. */
const dpkgQuery =
  '#!/bin/sh\n[ -e "$FAKE/all" ] && exec cat "$FAKE/all"\nprintf "installed\\tqemu-system-x86\\t1\\tamd64\\n"\n';
const apt = (more = "") => `#!/bin/sh
case " $* " in
  *" --simulate "*)
    for name; do case $name in [a-z]*) [ "$name" = install ] || echo "Inst $name (2-1 Debian:13/stable [amd64])" ;; esac; done
    ${more}
    true ;;
  *" install "*) echo "$*" >>"$FAKE/ran"; [ -e "$APT_CONFIG" ] && echo "config $APT_CONFIG" >>"$FAKE/ran"
    sh "$FAKE/policy"; echo "policy $?" >>"$FAKE/ran" ;;
esac
`;
const aptCache = `#!/bin/sh
shift
for name; do case $name in --) ;; *) printf '%s:\\n  Installed: (none)\\n  Candidate: 2-1\\n' "$name" ;; esac; done
`;

function machine() {
  const at = fakeMachine();
  onTestFinished(() => at[Symbol.dispose]());
  const temporary = mkdtempSync(join(tmpdir(), "kv-local-"));
  onTestFinished(() => rmSync(temporary, { recursive: true }));
  at.program("dpkg-query", dpkgQuery);
  at.program("apt-get", apt());
  at.program("apt-cache", aptCache);
  at.program("awk", '#!/bin/sh\nexec /usr/bin/awk "$@"\n');
  return { ...at, temporary, cells, policy: join(at.machine.env["FAKE"] ?? "", "policy") };
}

const refusal = async (run: Promise<unknown>): Promise<UsageError> => {
  const error = await run.then(
    () => undefined,
    reason => reason,
  );
  expect(error).toBeInstanceOf(UsageError);
  return error;
};

describe("a machine that lacks packages", () => {
  it("is left as it is where nobody is asked: the list and the command are told", async () => {
    const at = machine();
    const { message, hint } = await refusal(prepareLocal({ ...at, setup: false }));
    expect(message).toMatch(/on this machine itself takes \d+ packages, which would stay:\n {2}\S+ 2-1\n/);
    expect(message).not.toContain("qemu-system-x86 ");
    expect(hint).toMatch(/^Install them: apt-get install --no-install-recommends \S+/);
    expect(hint).toContain("--setup");
    expect(at.ran()).toEqual([]);
    expect(readdirSync(at.temporary)).toEqual([]);
  });

  it("is left as it is after a no", async () => {
    const at = machine();
    const questions: string[] = [];
    const ask = async (question: string) => questions.push(question) > 1;
    await refusal(prepareLocal({ ...at, setup: false, ask }));
    expect(questions[0]).toMatch(/ 2-1\nInstall them now\?$/);
    expect(at.ran()).toEqual([]);
  });

  it.each([
    ["with --setup", true, undefined],
    ["after a yes", false, async () => true],
  ])("gets them %s, in the versions that were shown, by way of indexes that are gone then", async (_, setup, ask) => {
    const at = machine();
    const added = await prepareLocal({ ...at, setup, ask });
    const [ran, config] = at.ran();
    expect(added.length).toBeGreaterThan(1);
    for (const { name, version } of added) expect(ran).toContain(` ${name}=${version}`);
    expect(config).toMatch(new RegExp(`^config ${at.temporary}/kata-verify-[^/]+/apt.conf$`));
    expect(at.said.join("\n")).toContain("installed on this machine:");
    expect(readdirSync(at.temporary)).toEqual([]);
    expect(at.ran()[2]).toBe("policy 101");
    expect(existsSync(at.policy)).toBe(false);
  });

  it("keeps the user's own word on what is started, and takes away ours that a killed run has left", async () => {
    const own = machine();
    writeFileSync(own.policy, "exit 7\n");
    await prepareLocal({ ...own, setup: true });
    expect(own.ran()[2]).toBe("policy 7");
    expect(readFileSync(own.policy, "utf8")).toBe("exit 7\n");
    const left = machine();
    writeFileSync(left.policy, policyText);
    await refusal(prepareLocal({ ...left, setup: false }));
    expect(existsSync(left.policy)).toBe(false);
  });

  it("is told to stop in the middle: what was begun is finished and undone before that", async () => {
    const at = machine();
    at.program("apt-get", apt().replace('sh "$FAKE/policy"', 'kill -INT $PPID; sleep 0.2; sh "$FAKE/policy"'));
    const left: unknown[] = [];
    const kill = vi.spyOn(process, "kill").mockImplementation((...call) => {
      left.push(...call, ...readdirSync(at.temporary), existsSync(at.policy));
      return true;
    });
    onTestFinished(() => kill.mockRestore());
    await prepareLocal({ ...at, setup: true });
    expect(at.ran()[2]).toBe("policy 101");
    expect(left).toEqual([process.pid, "SIGINT", false]);
    expect(process.listenerCount("SIGINT")).toBe(0);
  });

  it("is left as it is where something would have to go", async () => {
    const at = machine();
    at.program("apt-get", apt('echo "Remv systemd-sysv [1]"'));
    const { message } = await refusal(prepareLocal({ ...at, setup: true }));
    expect(message).toContain("would remove systemd-sysv");
    expect(at.ran()).toEqual([]);
  });
});

it("says what is needed to a user who is not root, and takes no package files", () => {
  using at = fakeMachine({ user: { id: 1000, name: "somebody" } });
  expect(() => mustBeAble(at.machine, [])).toThrow(/takes root/);
  using root = fakeMachine();
  expect(() => mustBeAble(root.machine, ["a.deb"])).toThrow(/--with-package/);
  expect(() => mustBeAble(root.machine, [])).toThrow(/needs unshare, nsenter/);
});
