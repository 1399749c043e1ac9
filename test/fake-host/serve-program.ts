import { fakeHostServe } from '../../src/fake-host/serve.ts'

// `node --import tsx serve-program.ts fake-host-serve name=value...`, as a program around the command would be.

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort())
process.stderr.on('error', () => {})

const words = process.argv.slice(3)
const settings = Object.fromEntries((process.env.XE_EXTRA_ARGS ?? '').split(',').map(word => word.split('=')))
process.exitCode = await fakeHostServe(
  {
    parameters: words.map(word => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] as const),
    username: settings.username,
    password: settings.password,
  },
  {
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stopping.signal,
    pid: process.pid,
    program: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    variables: process.env,
  },
)
