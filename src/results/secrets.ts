/** What tells more of a machine or of its people than a verdict needs, and what is written in its place. */
const forms: readonly (readonly [kind: string, form: RegExp, place: string])[] = [
  ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, "SECRET"],
  ["a password in an address", /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/:@"'\\]+:[^\s/@"'\\]+@/gi, "$1SECRET@"],
  [
    "a token",
    /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22}|glpat-[\w-]{20}|AKIA[0-9A-Z]{16}|xox[abpr]-[\w-]{10})[\w-]*/g,
    "SECRET",
  ],
  ["credentials", /\b((?:Proxy-)?Authorization: ?)(?:Basic|Bearer|token) +[^\s"'\\]+/gi, "$1SECRET"],
  [
    "a secret's value",
    /\b((?!CONFIG_)(?:[A-Z0-9]+_)*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY)=)(?!SECRET\b)[^\s"'\\]+/g,
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
  return names.some(name => word(name).test(text)) ? [...found, "this machine's name"] : found;
}
