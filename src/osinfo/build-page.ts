import type { OsRelease } from "../model/osinfo.ts";
import type { CellVerdict } from "../model/verdict.ts";
import { options } from "../requirements/virtiofsd-options.ts";
import { type Build, type Built, builds } from "./builds.ts";
import { installCommand } from "./shell.ts";

/** Parts that the distro does not ship, or not capably, for which there is a way to build them. */
export function toBuild({ checks }: Pick<CellVerdict, "checks">): Built[] {
  const lacks = (part: Built) =>
    checks.some(
      ({ id, gating, outcome, reason }) =>
        gating &&
        (id.startsWith(`contract.${part}.`) || id === `contract.provenance.${part}`) &&
        (outcome === "fail" || reason?.code === "provenance.built"),
    );
  return (Object.keys(builds) as Built[]).filter(lacks);
}

const needed: Readonly<Record<Built, readonly string[]>> = { virtiofsd: options.map(({ option }) => option) };

const fenced = (lines: readonly string[]): string => ["```sh", ...lines, "```"].join("\n");

/** How to build a part on a release, as Markdown; undefined where the names of its build dependencies there are not known. */
export function buildPage(release: OsRelease, part: Built): string | undefined {
  const build: Build = builds[part];
  const dependencies = build.dependencies[release.id] ?? build.dependencies[release.packageManager];
  if (dependencies === undefined) return undefined;
  const { title, least, whyLeast, version, documented, steps, made, place, key, sources } = build;
  return [
    `# Building ${title} for ${release.title}`,
    `Kata needs ${title} ${least} or newer (${whyLeast}), which takes ${needed[part].map(one => `\`${one}\``).join(" ")}. This builds ${version}. Upstream documents its build at <${documented}>.`,
    "Every command is for one shell, and is run from wherever you are then; none but those under *as root* need root. Say first where the checkout of kata-verify is, and where to build:",
    fenced(["CHECKOUT=$HOME/kata-verify", "BUILD=$(mktemp -d)"]),
    "## What the build needs (as root)",
    fenced([installCommand({ ...release, suites: [] }, dependencies) ?? ""]),
    "## Build it",
    fenced(steps),
    "## Try it",
    `Nothing is installed by this; the verdict says that the part was built by the user, and is \`provisional\` at most.`,
    fenced([
      'npm --prefix "$CHECKOUT" run verify -- \\',
      `  ${release.id} --tier guest --with-file ${part}="$BUILD/${made}" --out "$BUILD/results"`,
    ]),
    "npm runs it in the checkout: a path that is not absolute would be of there.",
    "## Point Kata at it (as root)",
    fenced([`install -D -m 0755 "$BUILD/${made}" ${place}`]),
    "## What to tell Kata",
    fenced([`npm --prefix "$CHECKOUT" run --silent osinfo -- ${release.id} --export kata`]),
    `This prints a file for Kata's \`config.d/\`, in which \`${key}\` names ${place}.`,
    "## Where this comes from",
    sources.map(({ fact, from }) => `- ${fact}: ${from}`).join("\n"),
    "",
  ].join("\n\n");
}
