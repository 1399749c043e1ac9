import { isIP } from 'node:net'
import type { Request } from '../server/request.ts'

/**
 * Why a request may not control the pool; undefined where it may. Only programs on this machine may: no page in a browser, which
 * sends an Origin or has come by a name that leads here.
 */
export function refusal({ headers, peer }: Request): string | undefined {
  if (headers.has('origin')) return 'requests with an Origin are refused'
  if (!isLocal(peer)) return 'only requests from this machine are taken'
  const name = hostName(headers.get('host') ?? 'localhost')
  if (name !== 'localhost' && isIP(name) === 0) return 'the host has to be named by its address, or localhost'
  return undefined
}

const isLocal = (peer: string | undefined): boolean =>
  peer === 'unix' || peer === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(peer ?? '')

/** A Host header without the port and without the brackets of an IPv6 address. */
const hostName = (header: string): string => /^\[(.*)\](:\d+)?$/.exec(header)?.[1] ?? header.replace(/:\d*$/, '')
