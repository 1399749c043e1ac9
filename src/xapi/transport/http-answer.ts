import { TransportError } from '../errors.ts'
import type { HttpAnswer } from './http.ts'
import { oneLine } from './one-line.ts'

/**
 * The body of an answer that can be one of XenAPI's. Throws a TransportError `http` for any status but 200 (a XenAPI
 * failure has status 200, docs/spec/protocol-semantics.md 1.2), and `protocol` for a web page or nothing at all.
 */
export function bodyOf(answer: HttpAnswer, where: string): string {
  const { status, reason, body } = answer
  if (status !== 200) {
    const line = `HTTP ${status} ${oneLine(reason)}`.trimEnd()
    const excerpt = firstLine(body, line)
    const text = `${where} answered ${line}`
    throw new TransportError('http', excerpt === '' ? text : `${text}: ${excerpt}`, { status })
  }
  if (/^\s*$/.test(body)) throw new TransportError('protocol', `${where} sent an empty answer`)
  if (/^\s*<(!doctype\s+html|html)\b/i.test(body)) {
    throw new TransportError(
      'protocol',
      `${where} answered with a web page, so it is no XenAPI host: ${firstLine(body)}`,
    )
  }
  return body
}

/** What a reader would see first of a page or text, on one line; a heading that says no more than `known` is passed over. */
function firstLine(body: string, known = ''): string {
  const text = body
    .slice(0, 4096)
    .replace(/<(head|style|script)\b[\s\S]*?<\/\1>/gi, ' ')
    .replace(/<[^>]*>?/g, '\n')
  const lines = text.split(/[\r\n]/).map(oneLine)
  return lines.find(line => line !== '' && line.toLowerCase() !== known.toLowerCase()) ?? ''
}
