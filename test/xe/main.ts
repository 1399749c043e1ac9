import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { converse } from './conversation.ts'
import { answer, Lost, ProtocolError } from './protocol.ts'

// A program that talks to a host as xe does (docs/spec/xe-cli-semantics.md 1.2, 1.4, 6.6), for what the tests need of it.

const VALUED: Readonly<Record<string, string>> = { '-s': 'server', '-p': 'port', '-u': 'username', '-pw': 'password' }
const settings: Record<string, string> = { server: '127.0.0.1', username: 'root', password: 'null' }

function take(words: readonly string[]): string[] {
  const kept: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    const [, key = '', value = ''] = /^([^=]*)=([\s\S]*)$/.exec(word) ?? []
    const name = VALUED[word]
    if (name !== undefined && at + 1 < words.length) settings[name] = words[++at] ?? ''
    else if (word === '--nossl' || word === '--debug') settings[word.slice(2)] = 'true'
    else if ([...Object.values(VALUED), 'nossl'].includes(key)) settings[key] = value
    else kept.push(word)
  }
  return kept
}

async function line(): Promise<Buffer> {
  const text = (await process.stdin.toArray()).join('')
  if (text === '') throw new Lost()
  return answer(text.split('\n', 1)[0] ?? '')
}

const extra = (process.env.XE_EXTRA_ARGS ?? '').split(/(?<!\\),/).filter(word => word !== '')
const fromVariable = take(extra.map(word => word.replaceAll('\\', '')))
const words = [...take(process.argv.slice(2)), ...fromVariable]
const { server = '', port, username, password, nossl, debug } = settings
const place = { host: server, port: Number(port ?? (nossl ? 80 : 443)) }
const socket = nossl ? connect(place) : connectTls({ ...place, rejectUnauthorized: false })
process.exitCode = 1
try {
  for await (const message of converse(socket, [...words, `username=${username}`, `password=${password}`])) {
    if (message.tag === 'Print') process.stdout.write(`${message.text}\n`)
    if (message.tag === 'PrintStderr') process.stderr.write(message.text)
    if (message.tag === 'Debug' && debug) process.stderr.write(`debug from server: ${message.text}\n`)
    if (message.tag === 'Error')
      process.stderr.write(`Error code: ${message.code}\nError parameters: ${message.parameters.join(', ')}\n`)
    if (message.tag === 'Prompt') socket.write(await line())
    if (message.tag === 'Exit') process.exitCode = message.status
  }
} catch (error) {
  if (!(error instanceof Lost || error instanceof ProtocolError)) throw error
  process.stderr.write(`Lost connection to the server. ${error.message}\n`)
}
socket.destroy()
