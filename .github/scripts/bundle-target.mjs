// Bundles what verify-target.mjs left, as certify does: a bundle is written only where all that is required passed.
import { join, resolve } from "node:path";
import { kataVerify } from "./kata-verify.mjs";
import { setOutputs } from "./runner-files.mjs";
import { BadInput, ids, scriptEnds } from "./words.mjs";

await scriptEnds(async () => {
  const { CONTACT = "", OUT } = process.env;
  const [target] = ids("TARGET", process.env.TARGET);
  if (target === undefined) throw new BadInput("TARGET: name one target, such as debian-13");
  if (CONTACT.trim() === "") throw new BadInput("CONTACT: a bundle says whom to ask: an address, or a page");
  const out = resolve(OUT || "results");
  const bundle = join(out, `${target}.tar.gz`);
  const { code } = await kataVerify([
    ...["certify", "--from", join(out, target), `--contact=${CONTACT}`, "--bundle", bundle],
  ]);
  if (code === 0) setOutputs({ bundle });
  return code;
});
