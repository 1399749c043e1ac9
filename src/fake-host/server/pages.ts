import { STATUS_CODES } from 'node:http'
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
export const errorPage = (status: ErrorStatus, text: string): Response => page(status, REASONS[status], text)

/** A page of any status, as a proxy in front of a host might answer. */
export const otherPage = (status: number, text: string): Response => page(status, STATUS_CODES[status] ?? 'Error', text)

function page(status: number, reason: string, text: string): Response {
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
