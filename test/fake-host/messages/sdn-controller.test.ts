import { beforeEach, describe, expect, it } from 'vitest'
import { NULL_REF } from '../../../src/datamodel/index.ts'
import { type Bench, emptyPool } from '../fixtures.ts'

let bench: Bench
const refused = (protocol: string, address: string, port: bigint) =>
  bench.error('SDN_controller.introduce', protocol, address, port)
const introduce = async (protocol: string, address: string, port: bigint): Promise<string> =>
  String(await bench.call('SDN_controller.introduce', protocol, address, port))
const controllers = () => bench.db.refs('SDN_controller').map(ref => bench.db.get('SDN_controller', ref, 'address'))
const pool = () => bench.db.refs('pool')[0] ?? NULL_REF

beforeEach(async () => {
  bench = await emptyPool()
})

// Numbers are those of docs/spec/networking-conformance-cases.md G.
describe('SDN_controller.introduce', () => {
  it('69: keeps what it was given', async () => {
    const ref = await introduce('ssl', '192.168.1.10', 6632n)
    const expected = { protocol: 'ssl', address: '192.168.1.10', port: 6632 }
    expect(Object.fromEntries(bench.db.record('SDN_controller', ref))).toMatchObject(expected)
  })

  it('70: takes no address with pssl', async () => {
    expect(await refused('pssl', '192.168.1.10', 0n)).toEqual(['INVALID_VALUE', 'address', '192.168.1.10'])
  })

  it('71: takes no port with pssl', async () => {
    expect(await refused('pssl', '', 1n)).toEqual(['INVALID_VALUE', 'port', '1'])
    expect(bench.db.get('SDN_controller', await introduce('pssl', '', 0n), 'port')).toBe(0)
  })

  it('72: has a port of its own for ssl', async () => {
    expect(bench.db.get('SDN_controller', await introduce('ssl', '192.168.1.10', 0n), 'port')).toBe(6632)
  })

  it('73: wants an address in four parts', async () => {
    expect(await refused('ssl', '192.168', 0n)).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'address'])
  })

  it('74: wants an address with ssl', async () => {
    expect(await refused('ssl', '', 0n)).toEqual(['INVALID_VALUE', 'address', ''])
  })

  it.each([
    [75, -1],
    [76, 65536],
  ])('%i: takes no port %i', async (_n, port) => {
    const error = ['VALUE_NOT_SUPPORTED', 'port', String(port), expect.any(String)]
    expect(await refused('ssl', '192.168.1.10', BigInt(port))).toEqual(error)
  })

  it('77: is done once, and says so before all that is wrong with the second', async () => {
    await introduce('ssl', '192.168.1.10', 6632n)
    expect(await refused('ssl', 'x', 6632n)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
  })

  it('is for Open vSwitch', async () => {
    bench = await emptyPool('bridge')
    expect(await refused('ssl', '192.168.1.10', 0n)).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
    const error = await bench.error('pool.set_vswitch_controller', '192.168.1.10')
    expect(error).toEqual(['OPERATION_NOT_ALLOWED', expect.any(String)])
  })
})

describe('SDN_controller.forget', () => {
  it('78: removes the record', async () => {
    const ref = await introduce('ssl', '192.168.1.10', 6632n)
    await bench.call('SDN_controller.forget', ref)
    expect(bench.db.exists('SDN_controller', ref)).toBe(false)
  })
})

describe('pool.set_vswitch_controller', () => {
  it('replaces the controller, or removes it', async () => {
    await introduce('pssl', '', 0n)
    await bench.call('pool.set_vswitch_controller', '192.168.1.10')
    expect(controllers()).toEqual(['192.168.1.10'])
    expect(bench.db.get('pool', pool(), 'vswitch_controller')).toBe('192.168.1.10')
    await bench.call('pool.set_vswitch_controller', '')
    expect(controllers()).toEqual([])
  })

  it('wants an address', async () => {
    const error = await bench.error('pool.set_vswitch_controller', 'x')
    expect(error).toEqual(['INVALID_IP_ADDRESS_SPECIFIED', 'address'])
    expect(bench.db.get('pool', pool(), 'vswitch_controller')).toBe('')
  })

  it('does nothing for the address that it was given last, whatever became of it', async () => {
    await bench.call('pool.set_vswitch_controller', '192.168.1.10')
    await bench.call('SDN_controller.forget', bench.db.refs('SDN_controller')[0] ?? '')
    await bench.call('pool.set_vswitch_controller', '192.168.1.10')
    expect(controllers()).toEqual([])
  })
})
