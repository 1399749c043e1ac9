import { expect, it } from 'vitest'
import { parseOvsdbAddress, parsePassiveAddress } from '../../src/ovsdb/index.ts'

it.each([
  ['unix:/var/run/openvswitch/db.sock', { kind: 'unix', path: '/var/run/openvswitch/db.sock' }],
  ['tcp:127.0.0.1:16640', { kind: 'tcp', host: '127.0.0.1', port: 16640 }],
  ['tcp:[::1]:6640', { kind: 'tcp', host: '::1', port: 6640 }],
  ['ssl:host1.example', { kind: 'ssl', host: 'host1.example', port: 6640 }],
])('%s is an address', (text, address) => {
  expect(parseOvsdbAddress(text)).toEqual(address)
})

it.each(['', 'unix:', '/db.sock', 'tcp:', 'tcp:host:0', 'tcp:host:65536', 'tcp:::1:6640', 'udp:host:1', 'ptcp:6640'])(
  '%j is none',
  text => {
    expect(() => parseOvsdbAddress(text)).toThrow(expect.objectContaining({ name: 'OvsdbError', kind: 'usage' }))
  },
)

it.each([
  ['punix:/tmp/x.sock', { kind: 'unix', path: '/tmp/x.sock' }],
  ['ptcp:', { kind: 'tcp', host: '0.0.0.0', port: 6640 }],
  ['pssl:0:127.0.0.1', { kind: 'ssl', host: '127.0.0.1', port: 0 }],
  ['ptcp:6641:[::1]', { kind: 'tcp', host: '::1', port: 6641 }],
])('%s is an address to listen at', (text, address) => {
  expect(parsePassiveAddress(text)).toEqual(address)
})

it.each(['', 'tcp:1.2.3.4:1', 'ptcp:x', 'ptcp:70000', 'punix:'])('%j is no address to listen at', text => {
  expect(() => parsePassiveAddress(text)).toThrow('is not an address to listen at')
})
