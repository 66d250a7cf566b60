import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ContainerTestbed, openContainerTestbed } from "../../src/testbeds/container.ts";
import { runLabel } from "../../src/testbeds/engine/owner.ts";
import { debianBase } from "./base-image.ts";
import { containersOf, openEngine } from "./engine-socket.ts";
import { standin } from "./tools.ts";

const run = `test-${randomBytes(4).toString("hex")}`;
const program = "/run/kata-verify/standin";
const folder = "/run/kata-verify/test";

let testbed: ContainerTestbed;

beforeAll(async () => {
  const engine = await openEngine();
  const common = { run, capabilities: [], devices: [], mounts: [], network: "none" } as const;
  testbed = await openContainerTestbed(engine, {
    ...common,
    image: await debianBase(engine),
    standin: await standin(engine),
  });
}, 600_000);

afterAll(async () => {
  await testbed[Symbol.asyncDispose]();
  expect(await containersOf(`${runLabel}=${run}`)).toEqual([]);
});

/** `$S` is the stand-in, `$F` an empty folder. */
async function sh(script: string, stdin = "") {
  const setUp = `S=${program} F=${folder}; rm -rf $F; mkdir -p $F; ${script}`;
  const { ending, stdout, stderr } = await testbed.run({ argv: ["sh", "-c", setUp], stdin, timeoutMs: 60_000 });
  const code = ending.kind === "exited" ? ending.code : -1;
  return { code, stdout: Buffer.from(stdout).toString(), stderr: Buffer.from(stderr).toString() };
}

/** The other side of a unix socket, in Perl: does `first` when somebody connects, then `answer` for each line. */
const server = (first: string, answer: string) => `cat >$F/server <<'END'
use strict; use Socket;
socket my $s, PF_UNIX, SOCK_STREAM, 0 or die; bind $s, sockaddr_un($ARGV[0]) or die; listen $s, 1 or die;
accept my $c, $s or die; select $c; $| = 1; select STDOUT; ${first}
while (<$c>) { ${answer} }
END
$S spawn $F/server.pid $F/server.log -- perl $F/server $F/sock >/dev/null
`;

describe("launch", () => {
  test("becomes the program, with a listening socket and an open file where it says so", async () => {
    const inside = 'cat <&{some}; ls -l /proc/self/fd/{qmp}; grep -c " 00010000 .* $1" /proc/net/unix';
    const { stdout } = await sh(
      `echo inside >$F/file; $S launch --listen qmp=$F/q --open some=$F/file -- sh -c '${inside}' sh $F/q; [ -S $F/q ] && echo there`,
    );
    expect(stdout).toMatch(/^inside\n.* -> socket:\[\d+\]\n1\nthere\n$/);
  });

  test.each([
    ["--open vsock=/dev/vhost-vsock -- true", 69, /^standin launch: vsock: \/dev\/vhost-vsock: E\w+\n$/],
    ["--tap network=kv0@192.0.2.1 -- true", 69, /^standin launch: network: kv0@192.0.2.1: E\w+\n$/],
    ["-- /no/such/program", 127, /^standin launch: \/no\/such\/program: ENOENT\n$/],
    ["--nonsense", 64, /^usage: /],
  ])("ends readably: %s", async (options, code, said) => {
    const seen = await sh(`$S launch ${options}`);
    expect(seen.stderr).toMatch(said);
    expect(seen.code).toBe(code);
  });
});

describe("probe", () => {
  test("says of each node whether it opens, and what there is of the machine", async () => {
    const { stdout } = await sh("$S probe /dev/null /dev/kvm");
    expect(stdout).toMatch(
      /^\/dev\/null ok\n\/dev\/kvm E\w+\nio_uring \w+\ncpus \d+\nmemory-mib \d{3,}\nhypervisor (yes|no)\n$/,
    );
  });
});

describe("record and await", () => {
  const record = "$S spawn $F/r.pid $F/r.log -- $S record $F/sock $F T $F/server.pid 9000 >/dev/null; ";

  test("keep a console's marks, wherever its chunks end, and nothing that only looks like one", async () => {
    const said = String.raw`print $c "no T a\n T b\nTT c\nT "; select undef, undef, undef, 0.1; print $c "one=1\r\nT two=2\nlast"; sleep 9;`;
    const looks = '$S await $F $F/server.pid 9000 "T nothing" "T two"; cat $F/marks; kill $(cat $F/server.pid); ';
    const { stdout } = await sh(`${server(said, "")}${record}${looks}$S await $F $F/server.pid 9000 "T never"`);
    expect(stdout).toMatch(/^found 1 \d+ .*\nT one=1\nT two=2\nended - 38 last\n$/);
  });

  test("keep the first 512 KiB and a ring of what comes after", async () => {
    const said = String.raw`print $c "begin\n"; print $c "noise\n" x 400000; print $c "T late=1\nend\n"; exit 0;`;
    const looks = "wc -c <$F/head; wc -c <$F/tail; cat $F/seen; echo; cat $F/marks";
    const { stdout } = await sh(`${server(said, "")}${record}$S await $F $F/r.pid 20000; ${looks}`);
    expect(stdout).toBe("ended - 2400019 end\n524288\n524288\n             2400019\nT late=1\n");
  });

  test("give up at the time that they were given", async () => {
    const { stdout, code } = await sh('$S await $F $F/none.pid 100 "T x"; $S record $F/none $F T $F/none.pid 100');
    expect(stdout).toBe("timedOut - 0 \n");
    expect(code).toBe(1);
  });
});

describe("talk", () => {
  test("says one line at a time and passes over events", async () => {
    const greet = String.raw`print $c qq({"QMP": {}}\n);`;
    const answer = String.raw`chomp; print $c qq({"timestamp": {}, "event": "X"}\n{"return": "$_"}\n);`;
    const { stdout } = await sh(`${server(greet, answer)}$S talk $F/sock $F/server.pid 9000`, "one\n\ntwo\n");
    const event = '{"timestamp": {}, "event": "X"}';
    expect(stdout.split("\n")).toEqual(['{"QMP": {}}', event, '{"return": "one"}', event, '{"return": "two"}', ""]);
  });

  test("ends when the other side does", async () => {
    const { code, stderr } = await sh(`${server("exit 0;", "")}$S talk $F/sock $F/server.pid 9000`, "one\n");
    expect([code, stderr]).toEqual([1, `standin talk: ${folder}/sock: EPIPE\n`]);
  });
});

describe("vsock", () => {
  test("is told where there is none", async () => {
    const { code, stderr } = await sh("$S vsock-connect 4711 1024 $F/none.pid 200 hello");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^standin vsock-connect: 4711:1024: E\w+\n$/);
  });
});
