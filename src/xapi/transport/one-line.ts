/** The start of a text as one line that is safe for a terminal. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, 120)
}
