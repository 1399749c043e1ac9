import stringWidth from 'string-width'

const graphemes = new Intl.Segmenter()

/** A text as wide as so many columns of a terminal: filled with blanks, or cut with an ellipsis. */
export function padded(text: string, columns: number): string {
  const short = cut(text, columns)
  return `${short}${' '.repeat(columns - widthOf(short))}`
}

/** How many columns a text takes. */
export const widthOf = (text: string): number => stringWidth(text)

/** A text no wider than that. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let kept = ''
  for (const { segment } of graphemes.segment(text)) {
    if (widthOf(kept) + widthOf(segment) >= columns) break
    kept += segment
  }
  return `${kept}…`
}
