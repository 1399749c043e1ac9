/** A line as a shell takes it apart, as far as it does so without expanding anything. */
export interface Lexed {
  readonly words: readonly string[]
  /** Whether the last word goes on: nothing stands between it and the end of the line. */
  readonly isOpen: boolean
  /** The quotation mark that is open at the end; a backslash where nothing follows one. */
  readonly quote: '' | "'" | '"' | '\\'
  /** Where in the last word the text behind that quotation mark begins. */
  readonly quotedFrom: number
  /** The first character outside of quotes that would make a shell do something else than take words. */
  readonly special: string | undefined
}

/** Takes a line apart at blanks, with single and double quotes, backslashes, and comments. */
export function lex(line: string): Lexed {
  const words: string[] = []
  let word: string | undefined
  let quote: Lexed['quote'] = ''
  let quotedFrom = 0
  let special: string | undefined
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    const next = line[at + 1]
    if (quote === "'" || (quote === '"' && character === '"')) {
      if (character === quote) quote = ''
      else word += character
    } else if (character === '\\') {
      if (next === undefined) quote = '\\'
      const isLiteral = quote === '"' && !/["\\$`]/.test(next ?? '')
      word = `${word ?? ''}${isLiteral ? '\\' : ''}${next ?? ''}`
      at++
    } else if (expands(character, next)) {
      special ??= character
      word = `${word ?? ''}${character}`
    } else if (quote === '"') {
      word += character
    } else if (character === "'" || character === '"') {
      quote = character
      word ??= ''
      quotedFrom = word.length
    } else if (/[ \t\r\n]/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (character === '#' && word === undefined) {
      break
    } else {
      if (/[|&;<>()]/.test(character)) special ??= character
      word = `${word ?? ''}${character}`
    }
  }
  if (word !== undefined) words.push(word)
  return { words, isOpen: word !== undefined, quote, quotedFrom, special }
}

/** A variable or the output of a command, which a shell puts in also between double quotes. */
const expands = (character: string, next: string | undefined): boolean =>
  character === '`' || (character === '$' && next !== undefined && /[\w({$!?*@#'"-]/.test(next))
