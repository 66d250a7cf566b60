import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ContainerOptions, exec, run, start, stop } from "../../src/kata/ctr.ts";
import type { Lane } from "../../src/kata/lane.ts";
import type { Command } from "../../src/model/command.ts";

/** What `--help` of the clients of Debian 12, 13 and sid lists, by version and command. */
const recorded: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = JSON.parse(
  readFileSync(new URL("recorded/ctr-options.json", import.meta.url), "utf8"),
);

const lane: Lane = {
  name: "kata",
  runtime: "/opt/kata/bin/containerd-shim-kata-v2",
  configPath: "/run/kata-verify/configuration.toml",
  ctr: "/usr/bin/ctr",
  address: "/run/kata-verify/containerd.sock",
  namespace: "kata-verify",
  snapshotter: "overlayfs",
  image: "localhost/kata-verify:1",
  folder: "/run/kata-verify/kv",
  volume: "/run/kata-verify/kv/volume",
  nonce: "5eed5eed5eed5eed5eed5eed5eed5eed",
  ids: { sandbox: "kv", second: "kv-second", limited: "kv-limited" },
  network: { namespace: "/run/netns/kv", address: "10.0.0.2", peer: "10.0.0.1", port: 7777, link: "kv5eed" },
  standin: "/run/kata-verify/standin",
  timeScale: 1,
};

const member: ContainerOptions = {
  id: lane.ids.limited,
  role: "member",
  limits: { memoryBytes: 1, cpuQuota: 2, cpuPeriod: 3 },
  mounts: ["type=cgroup,src=cgroup,dst=/sys/fs/cgroup,options=ro"],
};
const sandbox: ContainerOptions = { id: lane.ids.sandbox, role: "sandbox" };
const program = ["sh", "-c", "exit"] as const;

const optionsIn = (words: readonly string[]) => words.filter(word => /^--?[a-z]/.test(word));

/** The options of a call of the client by its command; those of the container's own program are none. */
function calls({ argv }: Command): readonly (readonly [string, readonly string[]])[] {
  const at = argv.lastIndexOf(lane.ctr);
  const words = argv.slice(at + 1, argv.includes(lane.image) ? argv.indexOf(lane.image) : undefined);
  const script = at > 1 && argv[1] === "-c" && argv.at(-1) === lane.namespace ? (argv[2] ?? "") : "";
  const scripted = [...script.matchAll(/"\$@" (task \w+|container \w+)([^|&;\n]*)/g)].map(
    ([, command = "", rest = ""]) => [command, optionsIn(rest.split(" "))] as const,
  );
  const globals = ["ctr", optionsIn(words.slice(0, 4))] as const;
  if (scripted.length > 0) return [globals, ...scripted];
  const command = words[4] === "task" ? `task ${words[5]}` : String(words[4]);
  const own = command === "run" ? words : words.slice(0, words.indexOf(lane.ids.sandbox));
  return [globals, [command, optionsIn(own.slice(5))]];
}

const commands = {
  "starts a sandbox": start(lane, sandbox, program, 1),
  "runs a container with limits": run(lane, member, program, 1),
  "starts a program": exec(lane, lane.ids.sandbox, program, { as: "exec", timeoutMs: 1 }),
  "stops a container": stop(lane, lane.ids.sandbox, 1),
};

describe.each(Object.keys(recorded))("the client of containerd %s", version => {
  it.each(Object.entries(commands))("has the options of what %s", (_, command) => {
    const used = calls(command);
    expect(used.length).toBeGreaterThan(1);
    for (const [name, options] of used) {
      expect(Object.keys(recorded[version] ?? {})).toContain(name);
      expect(options.filter(option => !recorded[version]?.[name]?.includes(option))).toEqual([]);
    }
  });
});

describe("what is told to the client", () => {
  it("is found by this test", () => {
    expect(calls(commands["runs a container with limits"])).toEqual([
      ["ctr", ["--address", "--namespace"]],
      [
        "run",
        [
          ...["--rm", "--runtime", "--runtime-config-path", "--snapshotter", "--with-ns", "--label", "--label"],
          ...["--mount", "--mount", "--memory-limit", "--cpu-quota", "--cpu-period"],
        ],
      ],
    ]);
    expect(calls(commands["stops a container"])).toEqual([
      ["ctr", ["--address", "--namespace"]],
      ["task kill", ["--signal"]],
      ["task delete", []],
      ["container delete", []],
    ]);
  });
});
