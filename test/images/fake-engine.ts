import { Readable } from "node:stream";
import type {
  Container,
  ContainerSpec,
  Engine,
  ImageFacts,
  Labels,
  PulledImage,
  PutFile,
} from "../../src/testbeds/engine.ts";

/** What a program of the fake containers prints and how it ends; `exited 0` unless told otherwise. */
export interface Said {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly ending?: string;
}

export interface FakeEngine extends Engine {
  /** What was asked, in order: `pull r/x:1`, `start sha256:…`, `run apt-get update`, `commit`, `remove sha256:…`. */
  readonly asked: string[];
  readonly written: PutFile[];
  readonly store: Map<string, ImageFacts>;
}

interface Script {
  /** `command` is the program with its arguments, joined by blanks. */
  readonly run?: (command: string) => Said | Promise<Said>;
  readonly pull?: (reference: string) => Promise<PulledImage>;
}

/** An engine in memory, whose containers run what a script says. */
export function fakeEngine({ run = () => ({}), pull }: Script = {}): FakeEngine {
  const asked: string[] = [];
  const written: PutFile[] = [];
  const store = new Map<string, ImageFacts>();
  let made = 0;
  const add = (labels: Labels): ImageFacts => {
    made += 1;
    const facts = { id: `sha256:${String(made).padStart(64, "0")}`, labels, sizeBytes: 100 };
    store.set(facts.id, facts);
    return facts;
  };

  const container = (spec: ContainerSpec): Container => ({
    id: spec.image,
    exec: async argv => {
      const command = argv.slice(argv.indexOf("--") + 1).join(" ");
      asked.push(`run ${command}`);
      const { stdout = "", stderr = "", ending = "exited 0" } = await run(command);
      return { code: 0, stdout: Buffer.from(stdout), stderr: Buffer.from(`${stderr}\n${argv[3]} ${ending}\n`) };
    },
    put: async files => void written.push(...files),
    get: () => Promise.reject(new Error("not asked for")),
    exportTar: async () => Readable.from([]),
    commit: async labels => {
      asked.push("commit");
      return add(labels);
    },
    keep: () => Promise.reject(new Error("not asked for")),
    [Symbol.asyncDispose]: async () => void asked.push("dispose"),
  });

  return {
    name: "Fake 1",
    asked,
    written,
    store,
    start: async spec => {
      asked.push(`start ${spec.image}`);
      return container(spec);
    },
    image: async id => store.get(id),
    pull: async reference => {
      asked.push(`pull ${reference}`);
      if (pull !== undefined) return pull(reference);
      return { ...add({}), digest: `sha256:${"d".repeat(64)}` };
    },
    importTar: async (_, labels) => add(labels),
    images: async label =>
      [...store.values()].filter(one =>
        Object.entries(one.labels).some(([name, value]) => label === `${name}=${value}`),
      ),
    removeImage: async id => {
      asked.push(`remove ${id}`);
      store.delete(id);
    },
    sweep: async () => 0,
  };
}
