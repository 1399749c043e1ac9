import { openEmbeddedPool } from '../../src/fake-host/embedded.ts'

// `node --import tsx embedded-program.ts PATH NAME`: one command that adds a network and a tunnel to the pool in PATH.

const [path = '', name = ''] = process.argv.slice(2)
const pool = await openEmbeddedPool({ path })
const call = async (method: string, ...parameters: Parameters<typeof pool.call>[1]) => {
  const answer = await pool.call(method, parameters)
  if (!answer.ok) throw new Error(`${method}: ${answer.error.join(' ')}`)
  return answer.value
}
const session = await call('session.login_with_password', 'anybody', 'anything')
const pifs = await call('PIF.get_all_records', session)
const [transport = ''] = [...(pifs as ReadonlyMap<string, ReadonlyMap<string, unknown>>)]
  .filter(([, pif]) => pif.get('management') === true)
  .map(([ref]) => ref)
const network = await call(
  'network.create',
  session,
  new Map([
    ['name_label', name],
    ['other_config', new Map()],
  ] as never),
)
await call('tunnel.create', session, transport, network)
await call('session.logout', session)
await pool.close()
