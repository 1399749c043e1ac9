import type { OvsdbTls } from '../ovsdb/index.ts'
import type { Session } from '../xapi/index.ts'
import type { Dataplane, DataplaneEvents } from './dataplane/dataplane.ts'
import type { Entrance } from './dataplane/entrance.ts'
import { createLog } from './loop/log.ts'
import type { Scheduler } from './loop/reconciler.ts'
import { ControllerError, type ControllerParameters, readParameters } from './parameters.ts'
import { planLines, statusLines } from './report.ts'
import { type Controller, createController } from './run.ts'
import { serveStatus } from './serve.ts'

export interface ProgramInvocation {
  readonly name: 'controller-run' | 'controller-plan' | 'controller-status'
  /** In the order of the command line. */
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

/** What the commands touch outside. */
export interface ProgramEnvironment {
  readonly session: Session
  readonly stdout: { write(text: string): void }
  readonly stderr: { write(text: string): void }
  /** Fires when the program is to end. */
  readonly signal: AbortSignal
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly readFile: (path: string) => string
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly scheduler: Scheduler
  /** From 0 to 1. */
  readonly random: () => number
}

/**
 * `controller-run` works until it is told to stop, and leaves the switches as they are; `controller-plan` and
 * `controller-status` look and change nothing. Resolves to the exit status; what a user can put right is one line on stderr.
 */
export async function controllerProgram(
  invocation: ProgramInvocation,
  environment: ProgramEnvironment,
): Promise<number> {
  try {
    const parameters = readParameters(invocation.parameters, environment.variables)
    const dataplane = await dataplaneFor(parameters, environment)
    if (invocation.name === 'controller-run') return await run(parameters, dataplane, environment)
    return await look(invocation.name, parameters, dataplane, environment)
  } catch (error) {
    if (!(error instanceof ControllerError)) throw error
    environment.stderr.write(`${invocation.name}: ${error.message}\n`)
    return 1
  }
}

type MakeDataplane = (events: DataplaneEvents) => Dataplane

function controllerFor(
  parameters: ControllerParameters,
  dataplane: MakeDataplane,
  { session, scheduler, now }: ProgramEnvironment,
  write: (text: string) => void,
  looksOnly = false,
): Controller {
  return createController({
    sessions: [session],
    dataplane,
    settings: { keys: parameters.keys },
    topology: parameters.topology,
    scheduler,
    now,
    looksOnly,
    resyncMs: parameters.resyncMs,
    log: createLog({
      write,
      now,
      json: parameters.json,
      level: looksOnly ? 'warn' : parameters.verbose ? 'debug' : 'info',
    }),
  })
}

async function run(
  parameters: ControllerParameters,
  dataplane: MakeDataplane,
  environment: ProgramEnvironment,
): Promise<number> {
  const { stdout, signal } = environment
  await using controller = controllerFor(parameters, dataplane, environment, text => stdout.write(text))
  await using server = parameters.listen && (await serveStatus(parameters.listen, controller, environment.now))
  if (server) controller.log.info('listening', { url: server.url })
  try {
    await controller.run(signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return 0
}

async function look(
  name: ProgramInvocation['name'],
  parameters: ControllerParameters,
  dataplane: MakeDataplane,
  environment: ProgramEnvironment,
): Promise<number> {
  const { stdout, stderr, signal, now, scheduler } = environment
  await using controller = controllerFor(parameters, dataplane, environment, text => stderr.write(text), true)
  const ending = new AbortController()
  const running = controller.run(AbortSignal.any([signal, ending.signal]))
  try {
    await Promise.race([controller.seen, running])
    do {
      controller.reconciler.everything()
      controller.reconciler.plan()
      const { observed, plans } = controller.reconciler
      const lines = name === 'controller-plan' ? planLines(observed, plans) : statusLines(observed, plans, now())
      stdout.write(lines.length === 0 ? 'There are no tunnels.\n' : `${lines.join('\n')}\n`)
      if (parameters.watch) await new Promise<void>(resolve => void waitFor(2000, scheduler, signal, resolve))
      if (parameters.watch && !signal.aborted) stdout.write('\n')
    } while (parameters.watch && !signal.aborted)
    return 0
  } finally {
    ending.abort()
    await running.catch(() => {}) // what it failed with has been told
  }
}

function waitFor(ms: number, scheduler: Scheduler, signal: AbortSignal, done: () => void): void {
  const cancel = scheduler.after(ms, done)
  signal.addEventListener('abort', () => {
    cancel()
    done()
  })
}

async function dataplaneFor(parameters: ControllerParameters, environment: ProgramEnvironment): Promise<MakeDataplane> {
  const { session, readFile, random } = environment
  const { bfdIntervalMs, fake, tls: files } = parameters
  if (parameters.dataplane === 'fake') {
    const { fakeDataplane } = await import('./dataplane/fake.ts')
    const owner = `controller ${Math.floor(random() * 2 ** 48).toString(36)}`
    return events => fakeDataplane({ ...events, url: fake ?? '', owner, bfdIntervalMs })
  }
  const { ovsdbDataplane } = await import('./dataplane/ovsdb.ts')
  const { checkAddress } = await import('./dataplane/address.ts')
  if (parameters.ovsdb !== 'pssl') checkAddress(parameters.ovsdb)
  const pem = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : readPem(path, readFile)
  const tls = { key: pem(files.key), cert: pem(files.cert), ca: pem(files.ca), fingerprint256: files.fingerprint }
  const entrance = /^p(?:tcp|ssl|unix):/.test(parameters.ovsdb)
    ? await entranceAt(parameters.ovsdb, tls, environment)
    : undefined
  const template = parameters.ovsdb === 'pssl' ? await pssl(session) : parameters.ovsdb
  if (template.startsWith('ssl:')) checkTrust(parameters)
  return events =>
    ovsdbDataplane({
      ...events,
      bfdIntervalMs,
      random,
      tls,
      entrance,
      addressOf: ({ host, name, address }) =>
        template
          .replaceAll('%h', address.includes(':') ? `[${address}]` : address)
          .replaceAll('%n', name)
          .replaceAll('%u', host),
    })
}

/** Hosts that nothing tells from others are not connected to. Throws ControllerError. */
function checkTrust({ ovsdb, tls: { key, cert, ca, fingerprint } }: ControllerParameters): void {
  if (ca === undefined && fingerprint === undefined) {
    const own = key === undefined ? '; hosts mostly ask for ovsdb-key= and ovsdb-cert= as well' : ''
    throw new ControllerError(`ovsdb=${ovsdb} needs ovsdb-ca= or ovsdb-fingerprint=, to know the hosts by${own}`)
  }
  if ((key === undefined) !== (cert === undefined)) {
    throw new ControllerError('ovsdb-key= and ovsdb-cert= go together: one of them is missing')
  }
}

async function entranceAt(address: string, tls: OvsdbTls, { stderr }: ProgramEnvironment): Promise<Entrance> {
  if (address.startsWith('pssl:') && [tls.key, tls.cert, tls.ca].includes(undefined)) {
    throw new ControllerError(`ovsdb=${address} needs ovsdb-key=, ovsdb-cert= and ovsdb-ca=`)
  }
  const { openEntrance } = await import('./dataplane/entrance.ts')
  try {
    return await openEntrance(address, tls, line => stderr.write(`${line}\n`))
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'OvsdbError') throw error
    throw new ControllerError(`ovsdb=${address}: ${error.message}`)
  }
}

/** The hosts' databases as the pool's SDN controller record has them listen (docs/spec/networking-semantics.md 14). */
async function pssl(session: Session): Promise<string> {
  const records = [...(await session.SDN_controller.get_all_records()).values()]
  const record = records.find(({ protocol }) => protocol === 'pssl')
  if (!record) {
    throw new ControllerError(
      'ovsdb=pssl: the pool has no SDN controller with the protocol pssl; sdn-controller-introduce makes one',
    )
  }
  return `ssl:%h:${record.port === 0 ? 6632 : record.port}`
}

function readPem(path: string, readFile: (path: string) => string): string {
  try {
    return readFile(path)
  } catch (error) {
    throw new ControllerError(`${path} cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
}
