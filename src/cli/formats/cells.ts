import stringWidth from 'string-width'

const ELLIPSIS = '…'

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text)
}

/** A text in lines that are no wider than that; what is beyond the last line allowed is cut off, which an ellipsis shows. */
export function wrapped(text: string, width: number, most: number = Number.POSITIVE_INFINITY): readonly string[] {
  const lines: string[] = []
  let rest = text
  while (widthOf(rest) > width && lines.length + 1 < most) {
    const line = fitting(rest, width)
    lines.push(line.trimEnd())
    rest = rest.slice(line.length).trimStart()
  }
  return [...lines, widthOf(rest) > width ? cut(rest, width) : rest]
}

function cut(text: string, width: number): string {
  return `${start(text, width - 1)}${ELLIPSIS}`
}

/** As much of a text as fits, up to a good place to break where its second half has one. */
function fitting(text: string, width: number): string {
  const whole = start(text, width)
  if (/\s/.test(text.charAt(whole.length))) return whole
  const [good = ''] = /^.*[\s,;:-]/su.exec(whole) ?? []
  return good.length * 2 > whole.length ? good : whole
}

const graphemes = new Intl.Segmenter()

/** The longest beginning of a text that is no wider than that, and at least one character, whole characters only. */
function start(text: string, width: number): string {
  let begun = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    used += widthOf(segment)
    if (used > width && begun !== '') break
    begun += segment
  }
  return begun
}
