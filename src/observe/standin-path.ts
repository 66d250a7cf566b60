/** Where testbeds have the stand-in. */
export const standinPath = "/run/kata-verify/standin";
