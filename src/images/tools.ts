/** The harness's own programs, so that the runner's distro does not matter. */
export interface Tools {
  readonly imageId: string;
  readonly standin: Uint8Array;
  readonly busybox: Uint8Array;
}
