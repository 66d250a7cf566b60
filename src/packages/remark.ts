/**
 * The path of a line that may end with a remark in parentheses, as rpm and dpkg write where a file could not be read. One regular
 * expression takes time by the square of the opening ones.
 */
export function withoutRemark(rest: string): string {
  const at = rest.indexOf(" (");
  return at > 0 && rest.endsWith(")") ? rest.slice(0, at) : rest;
}
