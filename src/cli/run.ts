import { type Context, PartialFailure } from '../commands/index.ts'
import { login, type Session, type Transport } from '../xapi/index.ts'
import type { Request } from './arguments/server.ts'
import { fakeHostAt } from './ask-fake.ts'
import { type Attending, attend } from './attendance.ts'
import { type Environment, Interruption, type Way } from './environment.ts'
import { complain } from './errors/index.ts'
import { noting } from './note.ts'
import { passwordOf } from './password/password.ts'
import type { CommandPlan, Complaint } from './plan.ts'
import { printed } from './printed.ts'
import { save } from './save.ts'
import type { Settings } from './settings.ts'

/** How long the host may take to close the session once the user wants to stop, in milliseconds. */
const LOGOUT_MS = 2000

/** Runs a command on the host, or complains about it once the host has been reached. Resolves to the exit status. */
export async function runOnHost(
  environment: Environment,
  settings: Settings,
  planned: CommandPlan | Complaint,
  note: (line: string) => void,
): Promise<number> {
  try {
    const transport = noting(await environment.open(settings, note), note)
    try {
      if (planned.kind === 'command') return await inSession(environment, settings, transport, planned)
      await transport.probe?.({ signal: environment.signal })
      throw planned.error
    } finally {
      await transport.close()
    }
  } catch (error) {
    if (error instanceof Interruption) return error.status
    await complain(environment, { ...planned, settings }, error)
    return 1
  }
}

async function inSession(
  environment: Environment,
  settings: Settings,
  transport: Way,
  planned: CommandPlan,
): Promise<number> {
  const { stdout } = environment
  const isTable = planned.command.tabular && settings.output === 'xe' && stdout.isTTY
  const wanted = { ...planned, form: isTable ? 'table' : settings.output }
  const attending = attend(environment, settings, await remarks(settings, planned.name))
  const session = await enter(environment, settings, attending, transport, planned.request)
  try {
    const context = contextOf(environment, settings, attending, transport, session)
    if (settings.watch) {
      const { watch } = await import('./watch/index.ts')
      return await watch(environment, settings, planned, session, context)
    }
    if (settings.dryRun) {
      const { dryRun } = await import('./dry-run/index.ts')
      const calls = await dryRun(planned, context).finally(attending.end)
      const { printedCalls } = await import('./formats/index.ts')
      stdout.write(await printedCalls(calls, settings.output, planned.name))
      return 0
    }
    const output = await planned.command.run(context, planned.parameters).finally(attending.end)
    if (output.kind === 'file') save(environment, planned.request.name, output)
    stdout.write(await printed(output, wanted, environment))
    return 0
  } catch (error) {
    if (error instanceof Interruption) throw error
    if (error instanceof PartialFailure) stdout.write(await printed(error.output, wanted, environment))
    await complain(environment, { ...planned, settings }, error, session)
    return 1
  } finally {
    await leave(session, environment)
  }
}

/** In the form of the failure that may follow them on stderr. */
async function remarks({ output }: Settings, command: string): Promise<((remark: string) => string) | undefined> {
  if (output !== 'json') return undefined
  const { remarkDocument } = await import('./formats/index.ts')
  return remark => remarkDocument(remark, command)
}

/** Does work in a session of its own. */
export async function inOpenSession<T>(
  environment: Environment,
  settings: Settings,
  note: (line: string) => void,
  work: (session: Session, context: Context) => Promise<T>,
): Promise<T> {
  const { username = 'root', password = 'null' } = settings
  const transport = noting(await environment.open(settings, note), note)
  try {
    const attending = attend(environment, settings)
    const who = { sessionRef: undefined, username, password }
    const session = await enter(environment, settings, attending, transport, who)
    try {
      return await work(session, contextOf(environment, settings, attending, transport, session))
    } finally {
      attending.end()
      await leave(session, environment)
    }
  } finally {
    await transport.close()
  }
}

/** The user has been told how it ended: a host that does not close the session changes nothing of that. */
async function leave(session: Session, { signal }: Environment): Promise<void> {
  await session.logout({ signal: signal.aborted ? AbortSignal.timeout(LOGOUT_MS) : signal }).catch(() => {})
}

/** Logs in, unless the command line brings a session along. */
async function enter(
  environment: Environment,
  settings: Settings,
  { signal }: Attending,
  way: Way,
  request: Pick<Request, 'sessionRef' | 'username' | 'password'>,
): Promise<Session> {
  const { sessionRef, username } = request
  if (sessionRef !== undefined) return login(way, { sessionRef, signal })
  const password = await passwordOf(environment, settings, way, request)
  return login(way, { username, password, version: '2.23', originator: 'cli', signal })
}

function contextOf(
  { random }: Environment,
  { output }: Settings,
  { signal, attendance }: Attending,
  transport: Transport,
  session: Session,
): Context {
  return {
    session,
    sessionOf: ref => ({
      ref,
      call: (method, ...parameters) => transport.call(method, [ref, ...parameters], { signal }),
    }),
    random,
    askFake: fakeHostAt(transport, signal),
    asData: output !== 'xe' && output !== 'table',
    form: output,
    attendance,
  }
}
