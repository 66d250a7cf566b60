/** Where distros put virtiofsd, the Rust one first; QEMU's own C daemon was in the last two. */
export const virtiofsdPaths: readonly string[] = [
  "/usr/libexec/virtiofsd",
  "/usr/libexec/virtiofsd/virtiofsd",
  "/usr/lib/virtiofsd",
  "/usr/bin/virtiofsd",
  "/usr/lib/qemu/virtiofsd",
  "/usr/libexec/qemu/virtiofsd",
];
