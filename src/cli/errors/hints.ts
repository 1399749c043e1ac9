/** What to do next, by error code. */
export const hints: Readonly<Record<string, string>> = {}
