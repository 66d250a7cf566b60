const longest = 4096;
const rest = new RegExp(`^(.{${longest}}).+$`, "gm");

/**
 * The text with no line longer than 4 KiB. A pattern with two gaps takes the square of a line's length, and how long a line
 * of a guest's console is, the guest decides.
 */
export const shortLines = (text: string): string => text.replace(rest, "$1");
