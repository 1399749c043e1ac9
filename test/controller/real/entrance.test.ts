import { afterEach, beforeEach, expect, it } from 'vitest'
import { openEntrance } from '../../../src/controller/dataplane/entrance.ts'
import { ovsdbDataplane } from '../../../src/controller/index.ts'
import type { Switch as SwitchView } from '../../../src/controller/model.ts'
import {
  describeUnless,
  makeCertificate,
  noCertificates,
  noSwitch,
  type Switch,
  startSwitch,
} from '../../ovs-lab/index.ts'
import { eventually } from '../running.ts'

const HOST = '6b1f2d2e-9d0c-4f6c-8c53-0d7f3c1b5a01'

describeUnless(noSwitch ?? noCertificates, 'a controller that switches connect to over TLS', () => {
  let ovs: Switch
  beforeEach(async () => {
    ovs = await startSwitch({
      datapath: 'dummy',
      database: [
        '--private-key=db:Open_vSwitch,SSL,private_key',
        '--certificate=db:Open_vSwitch,SSL,certificate',
        '--ca-cert=db:Open_vSwitch,SSL,ca_cert',
        '--remote=db:Open_vSwitch,Open_vSwitch,manager_options',
      ],
    })
  })
  afterEach(() => ovs.stop())

  async function listening() {
    const host = await makeCertificate(ovs.folder, 'host')
    const controller = await makeCertificate(ovs.folder, 'controller')
    await ovs.vsctl('--no-wait', 'set-ssl', host.keyFile, host.certFile, controller.certFile)
    const said: string[] = []
    const tls = { key: controller.key, cert: controller.cert, ca: host.cert }
    const entrance = await openEntrance('pssl:0:127.0.0.1', tls, line => said.push(line))
    return { entrance, said, manager: `ssl:127.0.0.1:${entrance.port}` }
  }

  it.each(['xs-system-uuid', 'system-id'])(
    'knows whose each is by %s, and takes it back when it comes again',
    async id => {
      const { entrance, manager } = await listening()
      const seen: SwitchView[] = []
      const leads: boolean[] = []
      await using dataplane = ovsdbDataplane({
        onSwitch: (host, its) => host === HOST && seen.push(its),
        onLead: its => leads.push(its),
        onTrouble: () => {},
        addressOf: () => '',
        entrance,
        tls: undefined,
        bfdIntervalMs: 1000,
        random: Math.random,
      })
      await ovs.vsctl('add-br', 'xapi0', '--', 'set', 'bridge', 'xapi0', 'datapath_type=dummy')
      await ovs.vsctl('set', 'open_vswitch', '.', `external_ids:${id}=${HOST}`)
      await ovs.vsctl('--no-wait', 'set-manager', manager)
      await dataplane.look([{ host: HOST, name: 'host1', address: '' }], new Set())
      await eventually(() => expect(seen.at(-1)).toMatchObject({ connected: true, follows: true }))
      expect([...(seen.at(-1)?.bridges ?? [])]).toContain('xapi0')
      expect(leads).toEqual([true])
      await ovs.vsctl('--no-wait', 'del-manager')
      await eventually(() => expect(seen.at(-1)).toMatchObject({ connected: false }))
      await ovs.vsctl('--no-wait', 'set-manager', manager)
      await eventually(() => expect(seen.at(-1)).toMatchObject({ connected: true }))
    },
  )

  it('says so where one does not tell whose it is, and does not wait for ever for one that does not come', async () => {
    const { entrance, said, manager } = await listening()
    await using _ = entrance
    await ovs.vsctl('--no-wait', 'set-manager', manager)
    await eventually(() => expect(said[0]).toContain('does not say which host it is of'))
    await expect(entrance.next(HOST, 10, new AbortController().signal)).rejects.toThrow('has connected to pssl:')
  })
})
