/** Characters that a terminal acts upon, or that change how others read, without being seen. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

const NAMED = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/** Text in which nothing is hidden: control characters are spelled out, as `\n`, `\x1b` or `\u202e`. */
export function visible(text: string): string {
  return text.replace(UNSEEN, character => NAMED.get(character) ?? spelledOut(character.charCodeAt(0)))
}

function spelledOut(code: number): string {
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
