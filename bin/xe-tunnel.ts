import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { isatty } from 'node:tty'
import {
  asker,
  type Environment,
  fakePool,
  Interruption,
  inPoolSession,
  knownHostsPath,
  main,
  openHost,
  PROGRAM,
  type Program,
  serveClient,
  type Writer,
} from '../src/cli/index.ts'

// The composition root: nothing else touches the process. What a plain command does not need is loaded by those that do.

const { env: variables } = process
const { words, command } = withCommand(process.argv.slice(2))
const stopping = new AbortController()
/** Whether more signals than one leave the program to end in its own time. */
let isPatient = false

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const interruption = new Interruption(signal)
    if (stopping.signal.aborted && !isPatient) process.exit(interruption.status)
    stopping.abort(interruption)
  })
}

/** A stream is only opened when something is written to it: most commands never touch stderr. */
function writer(name: 'stdout' | 'stderr'): Writer {
  let isOpen = true
  let stream: NodeJS.WriteStream | undefined
  let closing: AbortController | undefined
  const opened = (): NodeJS.WriteStream => {
    stream ??= process[name].on('error', (error: NodeJS.ErrnoException) => {
      isOpen = false
      closing?.abort()
      if (error.code === 'EPIPE') return // whoever read it has seen enough
      process.exitCode = 1
      if (name === 'stdout') environment.stderr.write(`Error: the output cannot be written (${error.code})\n`)
    })
    return stream
  }
  return {
    get isTTY() {
      return opened().isTTY === true
    },
    get columns() {
      return opened().columns
    },
    get rows() {
      return opened().rows
    },
    get closed() {
      closing ??= new AbortController()
      if (!isOpen) closing.abort()
      return closing.signal
    },
    write(text) {
      if (isOpen && text !== '') opened().write(text)
    },
  }
}

/** The words of this program, and the command line behind `--` of a program that it is to run, which is nobody else's to read. */
function withCommand(all: readonly string[]): {
  readonly words: readonly string[]
  readonly command: readonly string[]
} {
  const end = all.indexOf('--')
  if (end < 0 || !all.slice(0, end).includes('fake-host-exec')) return { words: all, command: [] }
  return { words: all.slice(0, end), command: all.slice(end + 1) }
}

/** Where the embedded pool is kept when nobody names a place. */
function usualPool(): string {
  const state = variables.XDG_STATE_HOME || join(variables.HOME || homedir(), '.local', 'state')
  return join(state, PROGRAM, 'fake-pool.json')
}

const serveFakeHost: Program = async ({ settings: { username, password }, parameters }, { stdout, stderr, signal }) => {
  isPatient = true
  const { fakeHostServe } = await import('../src/fake-host/serve.ts')
  const { controlFakePool: controller } = await import('./fake-pool-controller.ts')
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)]
  return fakeHostServe(
    { parameters, username, password },
    { stdout, stderr, signal, pid: process.pid, program, variables, cli: serveClient, controller },
  )
}

const execInFakeHost: Program = async ({ settings: { username, password }, parameters }, { stderr }) => {
  isPatient = true
  const { fakeHostExec } = await import('../src/fake-host/exec.ts')
  const { controlFakePool: controller } = await import('./fake-pool-controller.ts')
  return fakeHostExec(
    { parameters, username, password, command },
    { stderr, pid: process.pid, variables, cli: serveClient, controller, onSignal },
  )
}

/** A command of the tunnel controller. Ended by a signal it has done what it was asked for. */
const controller =
  (name: 'controller-run' | 'controller-plan' | 'controller-status'): Program =>
  (invocation, { stdout, stderr, signal, ...rest }) => {
    isPatient = true
    const { watch } = invocation.settings
    const parameters = watch ? [...invocation.parameters, ['watch', 'true'] as const] : invocation.parameters
    return inPoolSession(name, invocation, { stdout, stderr, signal, ...rest }, async session => {
      const { controllerProgram } = await import('../src/controller/program.ts')
      return controllerProgram(
        { name, parameters },
        {
          session,
          stdout,
          stderr,
          signal,
          variables,
          readFile,
          now: Date.now,
          scheduler: {
            now: () => performance.now(),
            after(ms, callback) {
              const timer = setTimeout(callback, ms)
              return () => clearTimeout(timer)
            },
          },
          random: Math.random,
        },
      )
    })
  }

/** Signals for a program that this one runs. A terminal has sent SIGINT to both of them. */
function onSignal(listener: (signal: NodeJS.Signals) => void): () => void {
  const pass = (signal: NodeJS.Signals): void => {
    if (signal !== 'SIGINT' || !isatty(0)) listener(signal)
  }
  process.on('SIGINT', pass).on('SIGTERM', pass)
  return () => process.off('SIGINT', pass).off('SIGTERM', pass)
}

const readFile = (path: string | URL): string => readFileSync(path, 'utf8')

async function* input(signal: AbortSignal): AsyncGenerator<string> {
  const stop = () => process.stdin.destroy()
  signal.addEventListener('abort', stop)
  try {
    for await (const chunk of process.stdin.setEncoding('utf8')) yield String(chunk)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

const writeFile: Environment['writeFile'] = (path, text) => {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, text, { mode: 0o600, flush: true })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Files that only their owner can read, named by what they are about without saying it. */
function cacheFile(key: string): string {
  const folder = join(variables.XDG_CACHE_HOME || join(variables.HOME || homedir(), '.cache'), PROGRAM)
  const { createHash } = process.getBuiltinModule('node:crypto') // a command that needs none does not load it
  return join(folder, `${createHash('sha256').update(key).digest('hex').slice(0, 32)}.json`)
}

const cache: Environment['cache'] = {
  read(key, milliseconds) {
    try {
      const file = cacheFile(key)
      const age = Date.now() - statSync(file).mtimeMs
      return age >= 0 && age <= milliseconds ? readFile(file) : undefined
    } catch {
      return undefined
    }
  },
  write(key, text) {
    try {
      const file = cacheFile(key)
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      writeFile(file, text)
    } catch {} // there may be no place for it
  },
}

const knownHosts = knownHostsPath({ XDG_CONFIG_HOME: variables.XDG_CONFIG_HOME, HOME: variables.HOME || homedir() })
const say = (text: string): void => environment.stderr.write(text)

/** There is somebody to ask where both what is typed and what is asked is at a terminal, wherever the output goes. */
const ask: Environment['ask'] =
  isatty(0) && isatty(2)
    ? asker({
        keyboard: () => process.stdin,
        screen: { write: text => environment.stderr.write(text) },
        signal: stopping.signal,
        interrupt: () => stopping.abort(new Interruption('SIGINT')),
      })
    : undefined

const environment: Environment = {
  program: basename(process.argv[1] ?? PROGRAM).replace(/\.[jt]s$/, ''),
  words,
  variables,
  stdout: writer('stdout'),
  stderr: writer('stderr'),
  readFile,
  input,
  writeFile,
  cache,
  version: () => String(JSON.parse(readFile(new URL('../package.json', import.meta.url))).version),
  async open(settings, note) {
    const named = fakePool(settings)
    if (named === undefined)
      return openHost(settings, readFile, note, {
        knownHosts,
        ask,
        say,
        systemFile: variables.SSL_CERT_FILE || undefined,
      })
    const path = named || usualPool()
    note(`Opening the pool in ${path}`)
    const { openPool } = await import('./embedded-pool.ts')
    return { ...(await openPool(path, note)), isPrivileged: true }
  },
  ask,
  signal: stopping.signal,
  random: length => crypto.getRandomValues(new Uint8Array(length)),
  programs: new Map([
    ['controller-plan', controller('controller-plan')],
    ['controller-run', controller('controller-run')],
    ['controller-status', controller('controller-status')],
    ['fake-host-exec', execInFakeHost],
    ['fake-host-serve', serveFakeHost],
  ]),
}

main(environment).then(status => {
  process.exitCode ||= status
})
