import { isIPv4, isIPv6 } from 'node:net'
import { Failure } from '../../dispatch/failure.ts'

/** The checks on texts and numbers of docs/spec/networking-semantics.md 2.3: valid-tag, valid-mac, is-ip, is-cidr. */

export function checkTag(tag: number): void {
  if (tag < 0 || tag > 4094) throw new Failure('VLAN_TAG_INVALID', String(tag))
}

export function checkMac(mac: string): void {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) throw new Failure('MAC_INVALID', mac)
}

const families = { ipv4: isIPv4, ipv6: isIPv6 }

export function checkAddress(family: 'ipv4' | 'ipv6', field: string, text: string): void {
  if (!families[family](text)) throw new Failure('INVALID_IP_ADDRESS_SPECIFIED', field)
}

const BITS = { ipv4: 32, ipv6: 128 }

export function checkCidr(family: 'ipv4' | 'ipv6', field: string, text: string): void {
  const { address, prefix } = /^(?<address>.+)\/(?<prefix>\d{1,3})$/.exec(text)?.groups ?? {}
  if (!families[family](address ?? '') || Number(prefix) > BITS[family]) {
    throw new Failure('INVALID_CIDR_ADDRESS_SPECIFIED', field)
  }
}

/** The entries of a comma list that are addresses of one family. */
export const addressesIn = (family: 'ipv4' | 'ipv6', list: string): string[] =>
  list
    .split(',')
    .map(entry => entry.trim())
    .filter(entry => families[family](entry))
