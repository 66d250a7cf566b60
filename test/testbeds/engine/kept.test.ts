import type Docker from "dockerode";
import { expect, test } from "vitest";
import { isKept, keptMark, programOf, renameKept } from "../../../src/testbeds/engine/kept.ts";
import { ownerLabel, ownName, runLabel } from "../../../src/testbeds/engine/owner.ts";
import { containerOptions } from "../../../src/testbeds/engine/spec.ts";
import { sweep } from "../../../src/testbeds/engine/sweep.ts";
import type { Watchdog } from "../../../src/testbeds/engine/watchdog.ts";

const dog: Watchdog = { during: (_, work) => work(new AbortController().signal) };

/** An engine's container that is renamed unless the name is taken. */
function renamed(...taken: readonly string[]) {
  const names: string[] = [];
  const rename = async ({ _query: { name } }: { _query: { name: string } }) => {
    if (taken.includes(name)) throw Object.assign(new Error("Conflict"), { statusCode: 409 });
    names.push(name);
  };
  return { container: { rename } as unknown as Docker.Container, names };
}

test("a container ends with its harness unless it has the mark, and stays a shell", () => {
  const spec = { image: "x", run: "r", capabilities: [], devices: [], mounts: [], network: "none" } as const;
  const { Entrypoint } = containerOptions(spec, "o", "Docker");
  expect(Entrypoint).toEqual(["sh", "-c", expect.stringMatching(/^cat >\/dev\/null; while .*; do sleep 2; done$/)]);
  expect(Entrypoint?.at(-1)).toContain(`[ -e ${keptMark} ]`);
});

test("a kept container has a name for people, with a suffix where that is taken", async () => {
  const first = renamed();
  expect(await renameKept(first.container, dog, "debian-13")).toBe("kata-verify-kept-debian-13");
  const second = renamed("kata-verify-kept-debian-13");
  const name = await renameKept(second.container, dog, "debian-13");
  expect(name).toMatch(/^kata-verify-kept-debian-13-[0-9a-f]{4}$/);
  expect(second.names).toEqual([name]);
});

test("another refusal is none of the name's", async () => {
  const rename = () => Promise.reject(Object.assign(new Error("no such container"), { statusCode: 404 }));
  await expect(renameKept({ rename } as unknown as Docker.Container, dog, "a")).rejects.toThrow("no such container");
});

test.each([
  [["/kata-verify-kept-debian-13"], true],
  [["kata-verify-kept-debian-13"], true],
  [["/nice_kepler"], false],
  [["/not-kata-verify-kept-a"], false],
  [[], false],
])("names %j: kept %j", (names, kept) => expect(isKept(names)).toBe(kept));

test("a sweep takes what the dead left, but what is kept", async () => {
  const [, , place] = ownName().split(":");
  const dead = { [runLabel]: "r", [ownerLabel]: `4194305:1:${place}` };
  const removed: string[] = [];
  const docker = {
    listContainers: async () => [
      { Id: "left", Names: ["/nice_kepler"], Labels: dead },
      { Id: "kept", Names: ["/kata-verify-kept-debian-13"], Labels: dead },
      { Id: "own", Names: ["/odd_euler"], Labels: { ...dead, [ownerLabel]: ownName() } },
    ],
    getContainer: (id: string) => ({ remove: async () => void removed.push(id) }),
  };
  expect(await sweep(docker as unknown as Docker, dog)).toBe(1);
  expect(removed).toEqual(["left"]);
});

test("people reach the same engine that the harness found", () => {
  expect(programOf("Docker", "unix:///var/run/docker.sock")).toEqual(["docker"]);
  expect(programOf("Docker", "tcp://h:1")).toEqual(["docker", "--host", "tcp://h:1"]);
  expect(programOf("Podman", "unix:///run/podman/podman.sock")).toEqual([
    "podman",
    "--url",
    "unix:///run/podman/podman.sock",
  ]);
});
