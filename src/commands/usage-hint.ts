/** Where a program, or one command of it, says what it takes. */
export const usageHint = (name: string): string => `${name} --help says what it takes`;
