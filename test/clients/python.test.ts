import { execFile, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { startFakeHost } from '../../src/fake-host/index.ts'

const script = fileURLToPath(new URL('./client.py', import.meta.url))
const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython) process.stderr.write('SKIPPED: python3 is missing, so that its XML-RPC client is not tried\n')

it.runIf(hasPython)('Python’s xmlrpc.client takes the fake host for a real one', async () => {
  await using fake = await startFakeHost({ seed: 5 })
  const { stdout } = await promisify(execFile)('python3', [script, fake.url, fake.username, fake.password])
  expect(JSON.parse(stdout)).toEqual({
    refused: ['SESSION_AUTHENTICATION_FAILED', 'root'],
    types: {
      device: 'str',
      MTU: 'str',
      management: 'bool',
      other_config: 'dict',
      VLAN_slave_of: 'list',
      last_updated: 'DateTime',
      io_read_kbs: 'float',
    },
    label: 'grün <&> ☃',
    MTU: '9000',
    events: [['add', 'tunnel', true]],
    counts: ['int', 1],
    error: 'NETWORK_ALREADY_CONNECTED',
    task: ['success', '<value></value>'],
    after: 'SESSION_INVALID',
  })
})
