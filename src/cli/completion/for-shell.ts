import { lex } from '../shell/lex.ts'
import { type Candidate, isOpen } from './candidate.ts'

/** What a shell is to be told: one line for each candidate. */
type Teller = (candidates: readonly Candidate[]) => string

/** The line that is being typed, and how its shell takes candidates. */
export interface Typing {
  /** Before the word that is being typed, without the program. */
  readonly words: readonly string[]
  readonly typed: string
  readonly tell: Teller
}

/** Reads what the scripts say of a command line. Undefined where that is nothing. */
export function typingOf(shell: string, said: readonly string[]): Typing | undefined {
  if (shell === 'bash') return bash(said[0] ?? '', said[1] ?? '')
  if (shell !== 'zsh' && shell !== 'fish') return undefined
  return { words: said.slice(1, -1), typed: said.at(-1) ?? '', tell: lines(({ word }) => word) }
}

/**
 * bash gives the line as it stands, and takes what replaces the part behind the last character that breaks words, quoted. It is to
 * put no space behind it by itself.
 */
function bash(breaks: string, line: string): Typing | undefined {
  const { words, isOpen: goesOn, quote, quotedFrom } = lex(line)
  if (quote === '\\') return undefined
  const typed = goesOn ? (words.at(-1) ?? '') : ''
  const before = goesOn ? words.slice(1, -1) : words.slice(1)
  const broken = Math.max(...['=', ':'].map(mark => (breaks.includes(mark) ? typed.lastIndexOf(mark) + 1 : 0)))
  const cut = quote === '' ? broken : quotedFrom
  // bash closes a quotation mark by itself.
  const end = (candidate: Candidate): string => (isOpen(candidate) || quote !== '' ? '' : ' ')
  return {
    words: before,
    typed,
    tell: lines(candidate => `${quoted(candidate.word.slice(cut), quote)}${end(candidate)}`),
  }
}

function quoted(text: string, quote: string): string {
  if (quote === "'") return text.replaceAll("'", `'\\''`)
  if (quote === '"') return text.replace(/["\\$`]/g, '\\$&')
  return text.replace(/[\s"'\\$`|&;<>()*?[\]{}!#~^]/g, '\\$&')
}

/** A tab stands before the description. What would break a line is not offered. */
function lines(shown: (candidate: Candidate) => string): Teller {
  return candidates =>
    candidates
      .filter(({ word }) => !/[\u0000-\u001f\u007f]/.test(word))
      .map(candidate => {
        const description = candidate.description?.replace(/[\u0000-\u001f\u007f]+/g, ' ')
        return `${shown(candidate)}${description ? `\t${description}` : ''}\n`
      })
      .join('')
}
