import {
  type Command,
  CommandError,
  type Context,
  type Description,
  isHostCommand,
  type Output,
  PartialFailure,
} from '../../commands/index.ts'
import { login, type MemoryAnswer, memoryTransport, type Session, type WireParameter } from '../../xapi/index.ts'
import { fakeHostAt } from '../ask-fake.ts'
import { attend } from '../attendance.ts'
import { failureOf, trace } from '../errors/index.ts'
import { help } from '../help.ts'
import { printedRecord, render } from '../output.ts'
import { type CommandPlan, type Plan, plan, unknownCommand } from '../plan.ts'
import { defaults } from '../settings.ts'
import { transfersFile } from './transfers.ts'

/** What an xe client sent to the host that it is connected to. */
interface ClientRequest {
  /** The words of its command line, a newline between any two, the credentials last. */
  readonly sent: string
  call(
    method: string,
    parameters: readonly WireParameter[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<MemoryAnswer>
  random(length: number): Uint8Array
  /** Fires when the client is gone. */
  readonly signal: AbortSignal
}

/** Where an xe client shows what it is told (docs/spec/xe-cli-semantics.md 7.2). */
interface Client {
  print(line: string): void
  printStderr(text: string): void
  error(code: string, parameters: readonly string[]): void
}

/** The name of the program on the other side, in what it is told. */
const XE = 'xe'

/** How long the host may take to close the session of a client that is gone, in milliseconds. */
const LOGOUT_MS = 2000

/**
 * Runs the command line of an xe client with our own commands, as the command line server of a host does: the same checks in the
 * same order, and messages of the same number and shape (docs/spec/xe-cli-semantics.md 1.8, 1.9, 7.4). Resolves to the exit status.
 */
export async function serveClient(request: ClientRequest, client: Client): Promise<number> {
  const planned = refused(await plan(request.sent.split(/\r?\n/), defaults))
  if (planned.kind === 'help') {
    const text = await help(planned.parameters, planned.minimal, { program: XE, isXe: true, has: hasCommand })
    client.print(withoutEnd(text))
    return 0
  }
  if (planned.kind === 'complaint') return complain(client, planned.error, planned)
  return run(request, client, planned)
}

type Served = Exclude<Plan, { readonly kind: 'program' }>

/** Commands about fake hosts are for who knows that it is one, and may write files where they run. */
const isOurs = (name: string): boolean => name.startsWith('fake-host-')

const hasCommand = (command: Command | Description): boolean => isHostCommand(command) && !isOurs(command.name)

/** What this program does by itself is no command of a host, and files stay where they are. */
function refused(planned: Plan): Served {
  const name = planned.kind === 'command' ? planned.command.name : planned.kind === 'help' ? 'help' : planned.name
  const complaint = (error: Error): Served => ({
    kind: 'complaint',
    error,
    name,
    parameters: planned.parameters,
    local: false,
  })
  if (transfersFile(name)) {
    return complaint(new CommandError(`${name} transfers a file, and files are not transferred to or from this host`))
  }
  if (planned.kind === 'program' || isOurs(name)) return complaint(unknownCommand(name))
  return planned
}

async function run(request: ClientRequest, client: Client, planned: CommandPlan): Promise<number> {
  const { random } = request
  const stderr = { isTTY: false, write: (text: string) => client.printStderr(text) }
  const { attendance, signal } = attend({ signal: request.signal, stderr, variables: {} }, defaults)
  const transport = memoryTransport((method, parameters, options) => request.call(method, parameters, given(options)))
  const { sessionRef, username, password } = planned.request
  let session: Session | undefined
  try {
    session = await login(
      transport,
      sessionRef === undefined
        ? { username, password, version: '2.23', originator: 'cli', signal }
        : { sessionRef, signal },
    )
    const context: Context = {
      session,
      sessionOf: ref => ({
        ref,
        call: (method, ...parameters) => transport.call(method, [ref, ...parameters], { signal }),
      }),
      random: length => random(length),
      askFake: fakeHostAt(transport, signal),
      attendance,
    }
    show(client, await planned.command.run(context, planned.parameters), planned.minimal)
    return 0
  } catch (error) {
    if (error instanceof PartialFailure) show(client, error.output, planned.minimal)
    return await complain(client, error, planned, session)
  } finally {
    await session?.logout({ signal: signal.aborted ? AbortSignal.timeout(LOGOUT_MS) : signal }).catch(() => {})
    await transport.close()
  }
}

/** Optional properties of the other side are absent and never undefined. */
const given = ({ signal }: { readonly signal?: AbortSignal | undefined }) => (signal ? { signal } : {})

/** A message for each record and each value, or one for them all (docs/spec/xe-cli-semantics.md 7.4). */
function show(client: Client, output: Output, isMinimal: boolean): void {
  if (isMinimal) client.print(withoutEnd(render(output, true)))
  else if (output.kind === 'records' && output.picture) for (const line of output.picture) client.print(line)
  else if (output.kind === 'records')
    for (const record of output.records) client.print(withoutEnd(printedRecord(record)))
  else if (output.kind === 'values') for (const value of output.values) client.print(value)
}

async function complain(
  client: Client,
  error: unknown,
  { parameters }: Pick<Plan, 'parameters'>,
  session?: Session,
): Promise<number> {
  const failure = await failureOf(error, session, XE)
  if (failure.isUnknown)
    client.error(
      failure.code,
      failure.details.map(detail => detail.value),
    )
  const text = `${failure.isUnknown ? '' : failure.text}${trace(error, parameters)}`
  for (const line of text.match(/[^\n]*\n/g) ?? []) client.printStderr(line)
  return 1
}

/** The client ends each line itself. */
const withoutEnd = (text: string): string => text.replace(/\n$/, '')
