import { git, gitBytes } from "./git.mjs";
import { BadInput } from "./words.mjs";

/** Bytes of one bundle, as of src/bundle/limits.ts; and how many a pull request may have. */
const most = { bytes: 16 * 1024 * 1024, bundles: 8 };

/** What reviewers write beside the bundles, a line for each that they took. */
const list = "submissions/known.txt";

const name = /^submissions\/[a-z0-9][a-z0-9.-]{0,120}\.tar\.gz$/;

function whyNot({ state, mode, path, object }) {
  if (!name.test(path)) return "is not named submissions/NAME.tar.gz, in lower-case letters, digits, dots and dashes";
  if (state !== "A") return "was there before: a bundle is never changed";
  if (mode !== "100644") return "is no plain file";
  const size = sizeOf(object);
  return size > most.bytes ? `has ${size} bytes, more than any bundle` : undefined;
}

const sizeOf = object => Number(git(["cat-file", "-s", object]));

/** A commit that was begun before the last bundles were taken has the beginning of today's list, and has not changed it. */
function isEarlierList({ state, mode, path, object }) {
  if (path !== list || state !== "M" || mode !== "100644" || sizeOf(object) > sizeOf(`HEAD:${list}`)) return false;
  const earlier = gitBytes(["cat-file", "blob", object]);
  return gitBytes(["cat-file", "blob", `HEAD:${list}`])
    .subarray(0, earlier.length)
    .equals(earlier);
}

function changes(head) {
  const argv = ["diff-tree", "-r", "-z", "--no-renames", "--diff-filter=AMT", "HEAD", head, "--", "submissions/"];
  const [...fields] = git(argv)
    .split("\0")
    .filter(field => field !== "");
  return fields.flatMap((field, at) => {
    const [, mode, , object, state] = field.startsWith(":") && at % 2 === 0 ? field.split(" ") : [];
    const path = fields[at + 1];
    return object === undefined || path === undefined ? [] : [{ mode, object, state, path }];
  });
}

/**
 * What a commit has in submissions/ that the checkout has not, as data: its objects are fetched and read, and no file of it is written or
 * run. Each is a path with the bytes of a bundle, or with `trouble`.
 */
export function submitted(head) {
  if (!/^[0-9a-f]{40}$/.test(head ?? "")) throw new BadInput(`HEAD_SHA: ${JSON.stringify(head)} is no commit`);
  git(["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--depth=1", "origin", head]);
  const found = changes(head).filter(change => !isEarlierList(change));
  const few = found.slice(0, most.bundles).map(change => {
    const trouble = whyNot(change);
    const bytes = trouble === undefined ? gitBytes(["cat-file", "blob", change.object]) : undefined;
    return { path: change.path, trouble, bytes };
  });
  return found.length > few.length
    ? [...few, { path: "submissions/", trouble: `${found.length} files are changed, more than ${most.bundles}` }]
    : few;
}
