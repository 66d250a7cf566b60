// Verifies one target. What could not be told (exit code 3) is tried once more; a failure never is.
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import { kataVerify } from "./kata-verify.mjs";
import { sayWarning, setOutputs } from "./runner-files.mjs";
import { told } from "./told.mjs";
import { cellsOf, readVerdict } from "./verdicts.mjs";
import { arches, BadInput, ids, oneOf, scriptEnds, tiers } from "./words.mjs";

const inconclusive = 3;

/** Of what is not said, kata-verify's own choice holds. */
const optional = (flag, value) => (value ? [flag, value] : []);

const lines = text =>
  (text ?? "")
    .split("\n")
    .map(line => line.trim())
    .filter(line => line !== "");

function matching(name, pattern, text = "") {
  if (text !== "" && !pattern.test(text)) throw new BadInput(`${name}: ${JSON.stringify(text)} is not understood`);
  return text;
}

function asked(env) {
  const [target, ...more] = ids("TARGET", env.TARGET);
  if (target === undefined || more.length > 0) throw new BadInput("TARGET: name one target, such as debian-13");
  const entry = {
    target,
    arch: oneOf("ARCH", env.ARCH ? arches : [process.arch === "arm64" ? "arm64" : "amd64"], env.ARCH),
    scenarios: (env.SCENARIOS ? ids("SCENARIOS", env.SCENARIOS) : ["qemu-distro-kernel"]).join(" "),
  };
  // A file that begins with a dash would be an option.
  const packages = lines(env.PACKAGES).map(path => resolve(path));
  const catalog = env.CATALOG ? resolve(env.CATALOG) : "";
  const out = resolve(env.OUT || "results");
  const argv = [
    ...["verify", target, "--scenario", ...entry.scenarios.split(" "), "--arch", entry.arch],
    ...["--tier", oneOf("TIER", tiers, env.TIER), "--out", out, "--setup"],
    ...optional("--testbed", oneOf("TESTBED", ["", "auto", "container", "vm", "local"], env.TESTBED)),
    ...optional("--require", oneOf("REQUIRE", ["", "kvm"], env.REQUIRE)),
    ...optional("--deadline", matching("DEADLINE", /^[1-9][0-9]*[smh]$/, env.DEADLINE)),
    ...optional("--catalog", catalog),
    ...(packages.length > 0 ? ["--with-package", ...packages] : []),
  ];
  return { entry, out, argv };
}

/** What was seen before stays evidence, beside what is seen now; and is not taken for it where nothing is seen now. */
function setAside(out, target) {
  if (!existsSync(join(out, target))) return;
  const earlier = join(out, "earlier", String(Date.now()));
  mkdirSync(earlier, { recursive: true });
  renameSync(join(out, target), join(earlier, target));
}

await scriptEnds(async () => {
  // What holds until it is known better: of a step that is refused, killed, or out of time as well.
  setOutputs({ product: "unknown", infra: "true" });
  const { entry, out, argv } = asked(process.env);
  const folder = join(out, entry.target);
  setAside(out, entry.target);
  let { code } = await kataVerify(argv);
  let tries = 1;
  if (code === inconclusive) {
    sayWarning(`${entry.target} ${entry.arch}: could not be told; trying once more`);
    setAside(out, entry.target);
    tries = 2;
    ({ code } = await kataVerify(argv));
  }
  const said = told(cellsOf(entry, [readVerdict(join(folder, "verdict.json"))]), code);
  setOutputs({ ...said, code, tries, results: folder, junit: join(folder, "junit.xml") });
  console.log(`${entry.target} ${entry.arch}: product=${said.product} infra=${said.infra}, exit code ${code}`);
  return code;
});
