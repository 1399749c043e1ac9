import { describe, expect, it } from 'vitest'
import { isRead } from '../../src/cli/dry-run/reads.ts'
import { datamodel } from '../../src/datamodel/index.ts'
import { type Host, hostWith } from './host.ts'
import { run } from './terminal.ts'

const host = (): Host =>
  hostWith({
    'network.get_by_uuid': 'OpaqueRef:n',
    'PIF.get_by_uuid': 'OpaqueRef:p',
    'PIF.get_record': new Map([['other_config', new Map([['k', 'before']])]]),
  })

const dry = async (open: Host, ...words: readonly string[]) => run([...words, '--dry-run'], { open })

describe('--dry-run', () => {
  it('makes the calls that read, and only names those that change something or hang on them', async () => {
    const open = host()
    const { status, stdout, stderr } = await dry(open, 'tunnel-create', 'pif-uuid=p', 'network-uuid=n')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      'made      network.get_by_uuid("n") = "OpaqueRef:n"',
      'made      PIF.get_by_uuid("p") = "OpaqueRef:p"',
      'not made  tunnel.create("OpaqueRef:p", "OpaqueRef:n") = <unknown 1>',
      'not made  tunnel.get_access_PIF(<unknown 1>) = <unknown 2>',
      'not made  PIF.get_uuid(<unknown 2>) = <unknown 3>',
      '',
    ])
    expect(open.methods()).toEqual([
      'session.login_with_password',
      'network.get_by_uuid',
      'PIF.get_by_uuid',
      'session.logout',
    ])
  })

  it('lets a command go on with what it has read', async () => {
    const { stdout } = await dry(host(), 'pif-param-set', 'uuid=p', 'other-config:k=after')
    expect(stdout).toMatch(
      /not made {2}PIF.remove_from_other_config\("OpaqueRef:p", "k"\)\nnot made {2}PIF.add_to_other_config\("OpaqueRef:p", "k", "after"\)\n$/,
    )
  })

  it('goes on where the unknown result is a set', async () => {
    const { stdout } = await dry(host(), 'pool-vlan-create', 'pif-uuid=p', 'network-uuid=n', 'vlan=5')
    expect(stdout).toMatch(
      /pool.create_VLAN_from_PIF\("OpaqueRef:p", "OpaqueRef:n", 5\) = \["?<unknown 1>"?\]\nnot made {2}PIF.get_uuid\(<unknown 1>\)/,
    )
  })

  it('fails as the command would where something that it reads is not there', async () => {
    const { status, stdout, stderr } = await dry(hostWith(), 'tunnel-create', 'pif-uuid=p', 'network-uuid=n')
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/network.get_by_uuid/)
  })

  it('prints data with --output=json and a row a call with csv', async () => {
    const json = JSON.parse((await dry(host(), 'pif-plug', 'uuid=p', '--output=json')).stdout)
    expect(json).toEqual({
      version: 1,
      command: 'pif-plug',
      kind: 'calls',
      calls: [
        { method: 'PIF.get_by_uuid', parameters: ['p'], made: true, result: 'OpaqueRef:p' },
        { method: 'PIF.plug', parameters: ['OpaqueRef:p'], made: false, result: '' },
      ],
    })
    expect((await dry(host(), 'pif-plug', 'uuid=p', '--output=csv')).stdout).toBe(
      'made,method,parameters,result\r\ntrue,PIF.get_by_uuid,"[""p""]","""OpaqueRef:p"""\r\nfalse,PIF.plug,"[""OpaqueRef:p""]",\r\n',
    )
  })
})

it('no message that sets, adds, removes, creates or destroys counts as one that reads', () => {
  const changing =
    /\.(set|add|remove|create|destroy|make|plug|unplug|forget|introduce|scan|reconfigure|call|join|eject|enable|disable)/
  const wrong = [...datamodel().messages.keys()].filter(
    name => isRead(name) && changing.test(name) && name !== 'session.create_from_db_file',
  )
  expect(wrong).toEqual([])
})
