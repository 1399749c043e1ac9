import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { addBridge, addPort, deleteBridge } from '../../../src/fake-host/network/backends/ovs-tables.ts'
import { difference } from '../../../src/fake-host/network/backends/ovsdb/difference.ts'
import { WATCHED } from '../../../src/fake-host/network/backends/ovsdb/rows.ts'
import { type View, viewOf } from '../../../src/fake-host/network/backends/ovsdb/view.ts'
import { connectOvsdb, type Ovsdb, type Replica } from '../../../src/ovsdb/index.ts'
import { describeUnless, noSwitch, type Switch, startSwitch } from '../../ovs-lab/index.ts'

describeUnless(noSwitch, 'the operations that make a database what a view has become', () => {
  let ovs: Switch
  let ovsdb: Ovsdb
  let replica: Replica
  beforeAll(async () => {
    ovs = await startSwitch({ datapath: 'dummy', vswitchd: false })
  })
  afterAll(() => ovs?.stop())
  const vsctl = (...args: string[]) => ovs.vsctl('--no-wait', ...args)
  beforeEach(async () => {
    await vsctl('add-br', 'br1', '--', 'add-port', 'br1', 'eth0', '--', 'br-set-external-id', 'br1', 'a', '1')
    await vsctl('set', 'bridge', 'br1', 'other_config:theirs=x', '--', 'add-br', 'br2')
    ovsdb = await connectOvsdb(ovs.address)
    replica = await ovsdb.monitor(WATCHED)
  })
  afterEach(async () => {
    ovsdb.close()
    await vsctl('clear', 'open_vswitch', '.', 'bridges')
  })

  const changes = (change: (tables: View['tables']) => void) => {
    const [before, after] = [viewOf(replica), viewOf(replica)]
    change(after.tables)
    return difference(before, after, 'dummy')
  }
  const bridge = (tables: View['tables'], name: string) => {
    const found = tables.Bridge.get(name)
    if (!found) throw new Error(`no ${name}`)
    return found
  }

  it('are none where it has not changed', () => {
    expect(changes(() => {})).toEqual([])
    expect(changes(tables => bridge(tables, 'br1').external_ids.set('a', '1'))).toEqual([])
  })

  it('write the keys of a map that differ, and no others', async () => {
    const operations = changes(tables => {
      const { external_ids } = bridge(tables, 'br1')
      external_ids.delete('a')
      external_ids.set('b', '2')
    })
    await vsctl('br-set-external-id', 'br1', 'c', '3') // by somebody else, meanwhile
    await ovsdb.transact(operations)
    expect(await vsctl('get', 'bridge', 'br1', 'external_ids')).toBe('{b="2", c="3"}')
    expect(await vsctl('get', 'bridge', 'br1', 'other_config')).toBe('{theirs=x}')
  })

  it('add and remove ports and bridges, beside those of others', async () => {
    const operations = changes(tables => {
      addPort(tables, bridge(tables, 'br1'), 'eth1', ['eth1'])
      addPort(tables, addBridge(tables, 'br3'), 'bond0', ['eth2', 'eth3'])
      deleteBridge(tables, 'br2')
    })
    await vsctl('add-port', 'br1', 'theirs', '--', 'add-br', 'br4')
    await ovsdb.transact(operations)
    expect(await vsctl('list-br')).toBe('br1\nbr3\nbr4')
    expect(await vsctl('list-ports', 'br1')).toBe('eth0\neth1\ntheirs')
    expect(await vsctl('list-ifaces', 'br3')).toBe('eth2\neth3')
    expect(await vsctl('get', 'bridge', 'br3', 'datapath_type')).toBe('dummy')
    expect(await vsctl('get', 'bridge', 'br1', 'datapath_type')).toBe('""')
  })

  it('do nothing at all where somebody has taken away what they are for', async () => {
    const operations = changes(tables => {
      bridge(tables, 'br1').fail_mode = 'secure'
      bridge(tables, 'br2').fail_mode = 'secure'
    })
    await vsctl('del-br', 'br2')
    await expect(ovsdb.transact(operations)).rejects.toMatchObject({ kind: 'operation', code: 'timed out' })
    expect(await vsctl('get-fail-mode', 'br1')).toBe('')
  })
})
