import type { Damage } from '../dispatch/call.ts'
import { otherPage } from './pages.ts'
import type { Response } from './response.ts'

/** A response as a fault makes it. */
export function damaged(response: Response, damage: Damage | undefined): Response {
  if (!damage) return response
  switch (damage.kind) {
    case 'http':
      return otherPage(damage.status, 'A fault of the fake host')
    case 'garbage':
      return { ...response, body: garbage(response.body.length) }
    default:
      return { ...response, loss: damage.kind }
  }
}

/** Bytes that are neither XML nor JSON nor UTF-8. */
const garbage = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => 0x80 | (i * 0x4f)))
