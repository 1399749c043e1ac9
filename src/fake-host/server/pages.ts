import type { Response } from './response.ts'

/** Reason phrases as hosts spell them (docs/spec/protocol-semantics.md 1.2). */
const REASONS = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  500: 'Internal Error',
  501: 'Method not implemented',
} as const

export type ErrorStatus = keyof typeof REASONS

/**
 * The page for a request that did not come as far as a call. It ends the connection.
 * @param text what was wrong, for people
 */
export function errorPage(status: ErrorStatus, text: string): Response {
  const reason = REASONS[status]
  return {
    status,
    reason,
    headers: [
      ['content-type', 'text/html'],
      ['cache-control', 'no-cache, no-store'],
    ],
    body: `<html><body><h1>HTTP ${status} ${reason}</h1>${escapeHtml(text)}</body></html>`,
    close: true,
  }
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, character => ENTITIES[character] ?? character)
