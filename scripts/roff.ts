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

/** A page of section 1. `name` is what the reader types after `man`. */
export function page(name: string, summary: string, ...sections: readonly string[]): string {
  // Neither hyphens nor stretched blanks: names and commands are to be copied.
  const heading = `.TH ${plain(name.toUpperCase())} 1 "" xe\\-tunnel "User Commands"\n.nh\n.ad l`
  const source = '.\\" Generated from the command table by `npm run generate`. Do not edit.'
  return `${[source, heading, section('NAME', `${plain(name)} \\- ${plain(summary)}`), ...sections].join('\n')}\n`
}
