import type { Readable, Writable } from "node:stream";
import type { Code } from "../model/reason.ts";
import { TestbedGone } from "../model/testbed.ts";
import type { Arch } from "../model/words.ts";
import type { Share } from "./output.ts";

/** The container engine of the runner, reached through its socket. Every method rejects with `EngineGone` when it no longer answers. */
export interface Engine {
  /** `Docker 20.10.24`, `Podman 5.4.2`. */
  readonly name: string;
  /** A container that runs nothing but what is put into it, and that ends when this process ends, however it ends. */
  start(spec: ContainerSpec): Promise<Container>;
  /** What is known of a local image, by reference or id. */
  image(reference: string): Promise<ImageFacts | undefined>;
  /** Rejects with `PullFailed`. Without `digest` the tag decides, and the facts say what it was. */
  pull(reference: string, digest: string | undefined, options?: PullOptions): Promise<PulledImage>;
  /** Makes an image of one layer out of a tar stream; `reference` is its name for people. */
  importTar(tar: Readable, labels: Labels, reference?: string): Promise<ImageFacts>;
  /** The local images that carry the label. */
  images(label: string): Promise<ImageFacts[]>;
  /** An image that is not there, or that a container still uses, is left alone. */
  removeImage(id: string): Promise<void>;
  /** Removes the containers of runs whose process is dead, and says how many. */
  sweep(): Promise<number>;
}

export type Labels = Readonly<Record<string, string>>;

export interface PullOptions {
  /** The runner's own, when absent. */
  readonly arch?: Arch | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ImageFacts {
  /** `sha256:…` of the image's configuration. */
  readonly id: string;
  readonly labels: Labels;
  readonly sizeBytes: number;
}

export interface PulledImage extends ImageFacts {
  /** `sha256:…` of the manifest, as the registry names it. */
  readonly digest: string;
}

export interface ContainerSpec {
  /** Reference or id of a local image. */
  readonly image: string;
  /** Id of the run, kept as a label. */
  readonly run: string;
  /** Linux capabilities without their `CAP_`; all others are dropped. */
  readonly capabilities: readonly string[];
  /** Device nodes of the runner, under the same path. */
  readonly devices: readonly string[];
  readonly mounts: readonly Mount[];
  readonly network: "bridge" | "none";
  /**
   * `vmm` allows what a VMM and its virtiofsd do and engines' default profiles refuse (vsock, io_uring, mounts where a
   * capability allows them); `containers` also what an OCI runtime does in it. Default: the engine's own profiles.
   */
  readonly confinement?: "engine" | "vmm" | "containers";
  /** Default `0:0`. */
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Paths that are empty and in memory. */
  readonly tmpfs?: readonly string[];
  /** Size of /dev/shm, where the memory of guests is; engines give 64 unless told. */
  readonly shmMiB?: number;
  /** Its weight where containers compete for the CPUs; engines give 1024 unless told. */
  readonly cpuShares?: number;
}

export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** A running container. Every method rejects with `TestbedGone` when it is no longer there. */
export interface Container extends AsyncDisposable {
  readonly id: string;
  /** Runs to the end. An abort ends the waiting, not the program. A program that cannot be started is code 126 or 127. */
  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecEnd>;
  /** Creates parent folders; replaces what is there. `mode` defaults to 0o644. */
  put(files: readonly PutFile[]): Promise<void>;
  /** Rejects with an ordinary error when there is no such file. */
  get(path: string): Promise<Uint8Array>;
  /** The whole root file system, mounts left out. */
  exportTar(): Promise<Readable>;
  /** An image of what the root file system is now. */
  commit(labels: Labels, reference?: string): Promise<ImageFacts>;
  /** From now on it outlives its disposal, this process and every sweep, as `kata-verify-kept-<name>` with a suffix where that is taken. */
  keep(name: string): Promise<KeptContainer>;
}

export interface KeptContainer {
  readonly name: string;
  /** The beginning of a command line by which people reach its engine, such as `docker`. */
  readonly program: readonly string[];
}

export interface ExecOptions {
  readonly stdin?: Uint8Array | Readable;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Sees the bytes as they come; they are returned in the end all the same. */
  readonly onStdout?: (chunk: Uint8Array) => void;
  /** Takes standard output at its own pace and to its end; none of it is returned. Where it closes early, the rest is dropped. */
  readonly stdoutTo?: Writable;
  readonly onStderr?: (chunk: Uint8Array) => void;
  /** What is returned of each stream; all of it unless told. */
  readonly share?: Share;
}

export interface ExecEnd {
  readonly code: number;
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /** Bytes of both streams that are not in them. */
  readonly leftOut?: number;
}

export interface PutFile {
  readonly path: string;
  readonly contents: Uint8Array | string;
  readonly mode?: number;
}

/** No image came: the code says why (`infra.registry-down`, `image.not-found`, `image.digest-mismatch`, …). */
export class PullFailed extends Error {
  override readonly name = "PullFailed";
  readonly code: Code;
  constructor(message: string, code: Code, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The engine stopped answering, and every testbed on it is gone with it. */
export class EngineGone extends TestbedGone {
  override readonly name = "EngineGone";
  constructor(message: string, options?: ErrorOptions) {
    super(message, "infra.engine-gone", options);
  }
}
