/**
 * What a secret is called, or the end of it: AWS_SECRET_ACCESS_KEY, X-Api-Key. Not a kernel's option, nor `kv.token`, which is the word of
 * a run that a guest has to say, nor QEMU's `password-secret`, which names an object. What is before the end is not matched: a pattern
 * that is tried from each word on would take time by the square of their number.
 */
const secret =
  "(?<!\\bCONFIG_\\w{0,60})(?:PASSWORD|PASSWD|PASSPHRASE|(?<=[A-Z0-9]_)PASS|(?<![A-Z0-9])(?<!kv\\.|password-|key-)(?:SECRET|TOKEN|(?:API|ACCESS|PRIVATE|SECRET)[-_]?KEY))";
const gap = "[ \\t]{0,4}";
/** In a journal's own text a quote has a backslash before it. */
const named = (name: string, sign: string, rest: string): RegExp => new RegExp(`(${name}${sign})${rest}`, "gi");
const nothing = "(?!(?:None|null|true|false)\\b)";

/** What tells more of a machine or of its people than a verdict needs, and what is written in its place, which is left as it is when masked again. */
const forms: readonly (readonly [kind: string, form: RegExp, place: string])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, "SECRET"],
  ["a password in an address", /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/"'\\<>]+@/gi, "$1SECRET@"],
  [
    "a token",
    /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22}|glpat-[\w-]{20}|AKIA[0-9A-Z]{16}|xox[abpr]-[\w-]{10})[\w-]*/g,
    "SECRET",
  ],
  [
    "credentials",
    /\b((?:Proxy-)?Authorization(?:\\?["'])?[ \t]{0,4}[:=][ \t]{0,4}(?:\\?["'])?)(?:Basic|Bearer|Digest|token)[ \t]{1,4}[^\s"'\\]+/gi,
    "$1SECRET",
  ],
  ["credentials", /(\\?"(?:auth|identitytoken|registrytoken)\\?"[ \t]{0,4}:[ \t]{0,4}\\?")[^"\\\n]+/gi, "$1SECRET"],
  ["a secret's value", named(secret, `(?:\\\\?["'])?${gap}[:=]${gap}\\\\?"`, '[^"\\\\\\n]+'), "$1SECRET"],
  ["a secret's value", named(secret, `["']?${gap}[:=]${gap}'`, "[^'\\\\\\n]+"), "$1SECRET"],
  ["a secret's value", named(secret, "=", "[^\\s\"'\\\\]+"), "$1SECRET"],
  [
    "a secret's value",
    named(`(?:\\bPASSWORD|(?<=[A-Z0-9][-_])${secret})`, `:[ \\t]{1,4}${nothing}`, "[^\\s\"'\\\\]+"),
    "$1SECRET",
  ],
  [
    "a secret's value",
    /(?<![\w-])(--[a-z-]{0,30}(?:password|passphrase|secret|token|api-key) )(?!(?:TOKEN|PASSWORD|SECRET|STRING|FILE)\b)[^\s"'\\<[({-][^\s"'\\]*/gi,
    "$1SECRET",
  ],
  ["a host name", /\b(Hostname set to <)(?!HOSTNAME>)[^>\s]+/g, "$1HOSTNAME"],
];

/**
 * The names of a machine that would be known again: those with a digit or a dash. A plain word, such as `debian`, is no one's name, and
 * stands in outputs for other things.
 */
export function tellingNames(hostName: string, unless: string): readonly string[] {
  const names = [hostName, hostName.split(".")[0] ?? ""];
  return [...new Set(names)].filter(name => name.length >= 4 && /[0-9-]/.test(name) && !unless.includes(name));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const word = (name: string): RegExp => new RegExp(`(?<![\\w.-])${escaped(name)}(?![\\w-])`, "g");

/** Without secrets and names of machines; what is left is a text of the same form. */
export function withoutSecrets(text: string, names: readonly string[]): string {
  const masked = forms.reduce((rest, [, form, place]) => rest.replace(form, place), text);
  return names.reduce((rest, name) => rest.replace(word(name), "HOSTNAME"), masked);
}

/** The same for every text in a JSON value. */
export function valueWithoutSecrets<T>(value: T, names: readonly string[]): T {
  const masked = (one: unknown): unknown => {
    if (typeof one === "string") return withoutSecrets(one, names);
    if (Array.isArray(one)) return one.map(masked);
    if (typeof one !== "object" || one === null) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, masked(inner)]));
  };
  return masked(value) as T;
}

/** The kinds of secrets in a text, never the secrets. */
export function secretsIn(text: string, names: readonly string[]): string[] {
  const found = forms.filter(([, form, place]) => text.replace(form, place) !== text).map(([kind]) => kind);
  return [...new Set(found), ...(names.some(name => word(name).test(text)) ? ["this machine's name"] : [])];
}
