import { XapiError } from '../../xapi/index.ts'
import type { Attendance, Context, Session } from '../command.ts'
import { type Finding, sentence } from './findings.ts'

/** A session with somebody who follows the command, or nobody. */
export interface Work extends Attendance {
  readonly session: Session
}

const unattended: Attendance = {
  signal: new AbortController().signal,
  whole: work => work(),
  remark() {},
  note() {},
  progress() {},
}

export const workIn = ({ session, attendance = unattended }: Context): Work => ({ ...attendance, session })

/** Tells of findings that do not keep the command from its work. */
export function warn({ remark }: Attendance, findings: readonly Finding[]): void {
  for (const finding of findings) remark(`warning: ${sentence(finding)}`)
}

/** A failure in the middle of a line: its code, and what goes with it but for references, which tell nobody anything. */
export function inShort(error: unknown): string {
  if (error instanceof XapiError)
    return [error.code, ...error.params.filter(param => param !== '' && !param.startsWith('OpaqueRef:'))].join(', ')
  return error instanceof Error ? error.message : String(error)
}
