import {
  accessSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Machine } from "../../src/commands/machine.ts";

const real = ["sh", "env", "setsid", "kill", "sleep", "chmod", "cp", "cat", "chown"];

function pathOf(program: string): string {
  const found = ["/usr/bin", "/bin"]
    .map(folder => join(folder, program))
    .find(path => {
      try {
        accessSync(path);
        return true;
      } catch {
        return false;
      }
    });
  if (found === undefined) throw new Error(`no ${program}`);
  return found;
}

/** Answers as an engine does, at the place that DOCKER_HOST names. */
export const answeringDaemon = `#!${process.execPath}
const { createServer } = require("node:http");
const socket = process.env.DOCKER_HOST.replace("unix://", "");
require("node:fs").rmSync(socket, { force: true });
createServer((_, answer) => answer.end(JSON.stringify({ Version: "99.1", Components: [] }))).listen(socket);
`;

export interface FakeMachine extends Disposable {
  readonly machine: Machine;
  readonly said: string[];
  readonly say: (line: string) => void;
  program(name: string, text: string): void;
  /** What the fakes wrote down of their arguments. */
  ran(): string[];
}

/** A machine with a shell and nothing else, until a test or a fake package manager adds programs. */
export function fakeMachine(given: Partial<Machine> = {}): FakeMachine {
  const root = mkdtempSync(join(tmpdir(), "kata-verify-test-"));
  const bin = join(root, "bin");
  for (const folder of [bin, join(root, "packages")]) mkdirSync(folder);
  for (const name of real) symlinkSync(pathOf(name), join(bin, name));
  const program = (name: string, text: string) => {
    writeFileSync(join(root, name), text);
    chmodSync(join(root, name), 0o755);
  };
  program("packages/dockerd", answeringDaemon);
  program("packages/mmdebstrap", "#!/bin/sh\necho mmdebstrap 1.3.5\n");
  program("packages/flock", "#!/bin/sh\necho flock from util-linux 2.38.1\n");
  const said: string[] = [];
  return {
    machine: {
      env: { DOCKER_HOST: `unix://${root}/engine.sock`, FAKE: root },
      user: { id: 0, name: "root" },
      search: [bin],
      services: "none",
      terminal: false,
      state: join(root, "state"),
      ...given,
    },
    said,
    say: line => said.push(line),
    program: (name, text) => program(join("bin", name), text),
    ran: () => {
      try {
        return readFileSync(join(root, "ran"), "utf8").trim().split("\n");
      } catch {
        return [];
      }
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Installs by copying a program into the path, under the names that Debian's packages have. */
export const fakeApt = `#!/bin/sh
echo "apt-get $*" >>"$FAKE/ran"
for word; do
  case $word in
    docker.io) cp "$FAKE/packages/dockerd" "$FAKE/bin/" ;;
    mmdebstrap) cp "$FAKE/packages/mmdebstrap" "$FAKE/bin/" ;;
    uidmap) cp "$FAKE/packages/flock" "$FAKE/bin/newuidmap" ;;
    util-linux) cp "$FAKE/packages/flock" "$FAKE/bin/" ;;
  esac
done
`;
