const forms: readonly (readonly [RegExp, string])[] = [
  [/\b(?:https?|ftp|mirror\+\w+):\/\/\S*?(?=\/(?:dists|pool|repodata|Packages)\/|[\s'")\]]|$)/gm, "MIRROR"],
  [/\[IP: [^\]]*\]/g, "[IP: MIRROR]"],
  [
    /\b(resolv(?:e|ing)(?: host:?)?|[Cc]onnect(?:ing)? to) '?(?!MIRROR|host\b)[\w.-]+'?(?::\w+)?(?: \([^)]*\))?/g,
    "$1 MIRROR",
  ],
];

/** Without the addresses of mirrors and proxies: they differ from runner to runner, and say nothing about the distro. */
export function withoutAddresses(text: string): string {
  return forms.reduce((masked, [form, name]) => masked.replaceAll(form, name), text);
}
