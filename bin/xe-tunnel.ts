#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import {
  type Environment,
  fakePool,
  Interruption,
  main,
  openHost,
  PROGRAM,
  type Program,
  type Writer,
} from '../src/cli/index.ts'

// The composition root: nothing else touches the process. What a plain command does not need is loaded by those that do.

const { env: variables } = process
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
  const opened = (): NodeJS.WriteStream => {
    stream ??= process[name].on('error', (error: NodeJS.ErrnoException) => {
      isOpen = false
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
    write(text) {
      if (isOpen && text !== '') opened().write(text)
    },
  }
}

/** Where the embedded pool is kept when nobody names a place. */
function usualPool(): string {
  const state = variables.XDG_STATE_HOME || join(variables.HOME || homedir(), '.local', 'state')
  return join(state, PROGRAM, 'fake-pool.json')
}

const serveFakeHost: Program = async ({ settings: { username, password }, parameters }, { stdout, stderr, signal }) => {
  isPatient = true
  const { fakeHostServe } = await import('../src/fake-host/serve.ts')
  const program = [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)]
  return fakeHostServe(
    { parameters, username, password },
    { stdout, stderr, signal, pid: process.pid, program, variables },
  )
}

const readFile: Environment['readFile'] = path => readFileSync(path, 'utf8')

const environment: Environment = {
  program: basename(process.argv[1] ?? PROGRAM, '.js'),
  words: process.argv.slice(2),
  variables,
  stdout: writer('stdout'),
  stderr: writer('stderr'),
  readFile,
  async open(settings, note) {
    const named = fakePool(settings)
    if (named === undefined) return openHost(settings, readFile, note)
    const path = named || usualPool()
    note(`Opening the pool in ${path}`)
    const { openPool } = await import('./embedded-pool.ts')
    return openPool(path, note)
  },
  signal: stopping.signal,
  random: length => crypto.getRandomValues(new Uint8Array(length)),
  programs: new Map([['fake-host-serve', serveFakeHost]]),
}

main(environment).then(status => {
  process.exitCode ||= status
})
