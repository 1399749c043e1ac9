/** Text as it reads, safe in a line of roff. */
export function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
}

export const bold = (text: string): string => `\\fB${plain(text)}\\fR`

/** What a user replaces by something else. */
export const placeholder = (text: string): string => `\\fI${plain(text)}\\fR`

export function section(title: string, ...blocks: readonly string[]): string {
  return [`.SH ${title}`, ...blocks].join('\n')
}

export const paragraph = (text: string): string => `.PP\n${text}`

/** A term, already in roff, and what it means. */
export const item = (term: string, text: string): string => `.TP\n${term}\n${plain(text)}`

/** Lines shown as they are typed. */
export const typed = (...lines: readonly string[]): string =>
  ['.PP', '.nf', '.RS', ...lines.map(plain), '.RE', '.fi'].join('\n')

/** What the reader types after `man`, and the section, 1 for a command or 7 for a subject. */
interface Title {
  readonly name: string
  readonly section: 1 | 7
}

const VOLUMES = { 1: 'User Commands', 7: 'Miscellaneous Information' }

/** A page; a name alone is that of a command. */
export function page(title: string | Title, summary: string, ...sections: readonly string[]): string {
  const { name, section: number } = typeof title === 'string' ? { name: title, section: 1 as const } : title
  // Neither hyphens nor stretched blanks: names and commands are to be copied.
  const heading = `.TH ${plain(name.toUpperCase())} ${number} "" xe\\-tunnel "${VOLUMES[number]}"\n.nh\n.ad l`
  const source = '.\\" Generated from the command table by `npm run generate`. Do not edit.'
  return `${[source, heading, section('NAME', `${plain(name)} \\- ${plain(summary)}`), ...sections].join('\n')}\n`
}
