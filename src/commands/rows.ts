/** What a shell can offer for a word: fixed words, names of the catalog or of the reason codes, files, or folders. */
export type Offer = readonly string[] | "targets" | "scenarios" | "codes" | "file" | "folder" | "nothing";

export interface OptionRow {
  /** As commander reads them: `-q, --quiet`, `--tier <tier>`, `--scenario <id...>`, `--no-cache`. */
  readonly flags: string;
  readonly about: string;
  /** What its value may be; fixed words are also all that is accepted. Absent where it takes none. */
  readonly value?: Offer;
  readonly preset?: string;
  /** The name of another option that cannot be given with it. */
  readonly conflicts?: string;
}

export interface ArgumentRow {
  /** As commander reads it: `<code>`, `[target...]`. */
  readonly name: string;
  readonly about: string;
  readonly value: Offer;
}

export interface CommandRow {
  readonly name: string;
  readonly about: string;
  readonly arguments: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
  /** What --help says at its end. */
  readonly ending?: string;
}

// The words below are those of the model, written out: reading them there would load zod for --help. A test compares.
export const scenario: OptionRow = {
  flags: "--scenario <id...>",
  about: "what to put together and exercise; all: every scenario (default: qemu-distro-kernel)",
  value: "scenarios",
};
export const tier: OptionRow = {
  flags: "--tier <tier>",
  about: "how far to go",
  value: ["contract", "guest", "kata"],
  preset: "kata",
};
export const arch: OptionRow = {
  flags: "--arch <arch>",
  about: "architecture of the distro's packages (default: this machine's)",
  value: ["amd64", "arm64"],
};
export const testbed: OptionRow = {
  flags: "--testbed <kind>",
  about: "where the distro's packages run",
  value: ["auto", "container", "vm", "local"],
  preset: "auto",
};
export const kata: OptionRow = {
  flags: "--kata <source>",
  about: "Kata's own binaries: release, distro, or the path of an unpacked /opt/kata or a tarball of it",
  value: "file",
  preset: "release",
};
export const runtime: OptionRow = {
  flags: "--runtime <runtime>",
  about: "Kata's runtime (default: the one that this Kata starts by itself)",
  value: ["rust", "go"],
};
export const workloads: OptionRow = {
  flags: "--workloads <which>",
  about: "what containers do: what decides, or also what annotates",
  value: ["gating", "all"],
  preset: "gating",
};
export const catalog: OptionRow = {
  flags: "--catalog <dir>",
  about: "folder with images/ and scenarios/ (default: the project's own)",
  value: "folder",
};
export const requires: OptionRow = {
  flags: "--require <what>",
  about: "count what ran on an emulated processor as inconclusive",
  value: ["kvm"],
};
export const json = (about: string): OptionRow => ({ flags: "--json", about });
export const targets = (name: string): ArgumentRow => ({
  name,
  about: "distro releases, such as debian-13",
  value: "targets",
});
