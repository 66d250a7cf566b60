import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What CommonJS packages expect to find around them, once bundled into modules. */
const banner = [
  'import{createRequire as __cr}from"node:module";',
  'import{fileURLToPath as __fu}from"node:url";',
  'import{dirname as __dn}from"node:path";',
  "const require=__cr(import.meta.url),__filename=__fu(import.meta.url),__dirname=__dn(__filename);",
].join("");

/** dockerode loads these three for BuildKit sessions alone, which nothing here opens: half of its start-up time. */
const unused = ["@grpc/grpc-js", "@grpc/proto-loader", "protobufjs"];
const stand = root => join(root, "scripts", "unused.cjs");

/** commander loads child_process for commands that are programs of their own, of which there is none: a tenth of --help. */
const noPrograms = root => ({
  name: "no-programs",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("/node_modules/commander/") ? { path: stand(root) } : undefined,
    ),
});

/** One entry an answer to "what is loaded when": each command and each heavy library is a chunk of its own. */
const entries = { main: "src/main.ts", prepare: "src/commands/prepare.ts", reading: "src/commands/reading.ts" };

/** Builds `src` into `outdir` and returns esbuild's account of what went where. */
export async function build(root, outdir, commit) {
  const esbuild = await import("esbuild");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: entries,
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: "linked",
    metafile: true,
    logLevel: "warning",
    banner: { js: banner },
    alias: Object.fromEntries(unused.map(name => [name, stand(root)])),
    plugins: [noPrograms(root)],
    external: ["cpu-features", "*.node"],
    define: { BUILD: JSON.stringify({ version, commit }) },
  });
  return metafile;
}
