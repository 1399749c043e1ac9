import { findCommand, isHostCommand, type Output, type Parameters } from '../../src/commands/index.ts'
import type { Transport } from '../../src/xapi/index.ts'
import { sessionOn } from './session.ts'

/** Runs a command on a host, in a session that is open already. */
export async function runCommand(host: Transport, name: string, ...parameters: Parameters): Promise<Output> {
  const command = await findCommand(name)
  if (!command || !isHostCommand(command)) throw new Error(`no command ${name}`)
  const random = (length: number) => new Uint8Array(length).fill(0xa5)
  const askFake = async (): Promise<never> => {
    throw new Error('this host is no fake one')
  }
  return command.run({ session: sessionOn(host), sessionOf: ref => sessionOn(host, ref), random, askFake }, parameters)
}

/** The labels and values of the records that a command returns, markers left out. */
export function recordsOf(output: Output): Readonly<Record<string, string>>[] {
  if (output.kind !== 'records') throw new Error(`not records: ${output.kind}`)
  return output.records.map(lines => Object.fromEntries(lines.map(([label, value]) => [label.split(' ')[0], value])))
}
