/**
 * From what containerd prints for `--version`: `containerd github.com/containerd/containerd 1.7.24~ds1 1.7.24~ds1-6+deb13u1`, or
 * `…/v2 v2.1.0 COMMIT`. Undefined where it is something else.
 */
export const readContainerdVersion = (said: string): string | undefined =>
  /^containerd \S+ v?(?<version>\d\S*)/m.exec(said)?.groups?.["version"];
