// The main job on an embedded pool, command by command: a network that spans two hosts, one tunnel a host.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../dist/xe-tunnel.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'xe-tunnel-quickstart-'))
const env = { ...process.env, XE_EXTRA_ARGS: `server=fake:${join(folder, 'pool.json')}` }

function xe(...words) {
  console.log(`$ xe-tunnel ${words.map(word => (/[^\w:=./-]/.test(word) ? `'${word}'` : word)).join(' ')}`)
  const output = execFileSync(process.execPath, [program, ...words], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  console.log(output.trimEnd())
  console.log()
  return output.trim()
}

try {
  console.log(`# A fake pool, kept in a file. The same commands work on a real one: server=HOST, username=, password=.`)
  console.log(`# XE_EXTRA_ARGS=${env.XE_EXTRA_ARGS}\n`)
  xe('host-list')
  const network = xe('network-create', 'name-label=Spans both hosts')
  const transports = xe('pif-list', 'device=eth0', '--minimal').split(',')
  for (const [i, transport] of transports.entries()) {
    const protocol = i === 0 ? [] : ['protocol=gre']
    xe('tunnel-create', `pif-uuid=${transport}`, `network-uuid=${network}`, ...protocol)
  }
  xe('tunnel-list')
  const tunnels = xe('tunnel-list', '--minimal').split(',')
  xe('tunnel-param-list', `uuid=${tunnels[0]}`)
  xe('tunnel-param-get', `uuid=${tunnels[0]}`, 'param-name=status')
  for (const tunnel of tunnels) xe('tunnel-destroy', `uuid=${tunnel}`)
  xe('network-destroy', `uuid=${network}`)
  xe('tunnel-list', '--minimal')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
