// A network that spans three hosts, its centre's death and how it heals, command by command on a fake pool with a controller.
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const program = fileURLToPath(new URL('../dist/xe-tunnel.js', import.meta.url))
const WIDTH = 80
const PATIENCE_MS = 30_000
const HOSTS = ['host1', 'host2', 'host3']

/** A command as it would be typed, on several lines where one is too short. */
function command(words) {
  const line = ['$ xe-tunnel', ...words].join(' ')
  return line.length <= WIDTH ? line : ['$ xe-tunnel', ...words].join(' \\\n    ').replace(' \\\n   ', '')
}

const serving = ['fake-host-serve', 'hosts=3', 'controller=true']
console.log('# A fake pool of three hosts, and a tunnel controller that works on it.')
console.log(`${command(serving)}\n`)
const server = spawn(process.execPath, [program, ...serving], { stdio: ['ignore', 'pipe', 'pipe'] })
const ended = once(server, 'exit')

/** What the controller has told, and what that comes to. */
const told = { unprinted: [], centre: '', active: new Set(), links: new Set(), heard: () => {} }

createInterface(server.stderr).on('line', line => {
  const [, text = line] = /^\S+Z \w+ +(.*)$/.exec(line) ?? []
  const of = name => new RegExp(`\\b${name}=(\\S+)`).exec(text)?.[1]
  if (text.startsWith('centre ')) told.centre = of('centre')
  if (text.startsWith('tunnel is active')) told.active.add(of('host'))
  if (text.startsWith('tunnel is not active')) told.active.delete(of('host'))
  const link = [of('near'), of('far')].sort().join()
  if (text.startsWith('link is up')) told.links.add(link)
  else if (text.startsWith('link is ')) told.links.delete(link)
  told.unprinted.push(text)
  told.heard()
})

/** Waits until what the controller has told fits, and prints it. */
async function until(what, fits) {
  const gaveUp = AbortSignal.timeout(PATIENCE_MS)
  while (!fits()) {
    await new Promise((resolve, reject) => {
      told.heard = resolve
      gaveUp.onabort = () =>
        reject(new Error(`the controller has not told within ${PATIENCE_MS / 1000} s that ${what}`))
      ended.then(() => reject(new Error('the fake pool has ended')))
    })
  }
  gaveUp.onabort = null
  const at = performance.now()
  console.log('the controller:')
  for (const text of told.unprinted.splice(0)) for (const line of wrapped(text)) console.log(line)
  console.log()
  return at
}

function wrapped(text) {
  const lines = ['  -']
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > WIDTH) lines.push('   ')
    lines.push(`${lines.pop()} ${word}`)
  }
  return lines
}

async function main() {
  const [line] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    ended.then(() => Promise.reject(new Error('the fake pool cannot be started'))),
  ])
  const [, settings] = /XE_EXTRA_ARGS='([^']*)'/.exec(line)
  const env = { ...process.env, XE_EXTRA_ARGS: settings, COLUMNS: String(WIDTH) }

  async function xe(...words) {
    console.log(command(words))
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...words], { env, timeout: PATIENCE_MS })
    console.log(`${stdout.trimEnd()}${stdout === '' ? '' : '\n'}`)
    return stdout.trim()
  }

  console.log('# One network on all of them: a tunnel a host, checked before it is made.')
  const network = await xe('tunnel-network-create', 'name-label=red', 'pif-device=eth0')
  const host = await xe('host-list', 'name-label=host2', '--minimal')
  console.log('# host2 is to be its centre, the host that all others are linked to.')
  await xe('network-param-set', `uuid=${network}`, `other-config:xe-tunnel-centre=${host}`)
  const spans = () =>
    HOSTS.every(name => told.active.has(name)) &&
    told.centre === 'host2' &&
    ['host1,host2', 'host2,host3'].every(link => told.links.has(link))
  await until('the network spans three hosts', spans)
  await xe('tunnel-network-show', 'name-label=red')

  console.log('# The centre loses its power.')
  const begun = performance.now()
  const scenario = await xe('fake-host-scenario-start', 'name=host-dies', 'host=host2')
  const others = HOSTS.filter(name => name !== 'host2')
  const isHealed = () =>
    told.centre !== 'host2' &&
    told.links.has('host1,host3') &&
    !told.active.has('host2') &&
    others.every(name => told.active.has(name))
  const healed = await until('the others are linked again', isHealed)
  const seconds = ((healed - begun) / 1000).toFixed(1)
  console.log(`# The others are linked again, ${seconds} s after the command was typed, around ${told.centre}.`)
  await xe('tunnel-network-show', 'name-label=red')

  console.log('# It has power again, boots, and is the centre as before.')
  await xe('fake-host-scenario-undo', `id=${scenario}`)
  await until('host2 is back', spans)
  await xe('tunnel-network-show', 'name-label=red')

  console.log('# Nothing is left of it.')
  await xe('tunnel-network-destroy', 'name-label=red')
  await until('the network is gone', () => told.unprinted.some(text => text.startsWith('network is gone')))
}

try {
  await main()
} catch (error) {
  console.error(error.stderr || error.message)
  process.exitCode = 1
} finally {
  server.kill()
  await ended
}
