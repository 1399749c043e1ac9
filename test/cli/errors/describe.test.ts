import { describe, expect, it, test } from 'vitest'
import { UsageError } from '../../../src/cli/ending.ts'
import { describeError } from '../../../src/cli/errors/describe.ts'
import { explanations } from '../../../src/cli/errors/explanations.ts'
import { usageHint as hintFor } from '../../../src/cli/usage.ts'
import { CommandError } from '../../../src/commands/index.ts'
import { errorParameters } from '../../../src/datamodel/index.ts'
import { TransportError, TrustError, XapiError } from '../../../src/xapi/index.ts'
import { sessionOn } from '../../commands/session.ts'
import { hostWith } from '../host.ts'

const usageHint = hintFor('xe-tunnel')

const text = (error: unknown) => describeError(error, undefined)
const failure = (code: string, ...params: string[]) => text(new XapiError(code, params))

describe('a failure whose code is known', () => {
  it('prints what the code means, and a line for each parameter with its label', async () => {
    expect(await failure('UUID_INVALID', 'tunnel', 'abc')).toBe(
      `${explanations.UUID_INVALID}\ntype: tunnel\nuuid: abc\n`,
    )
  })

  it('prints one line only when there are no parameters', async () => {
    expect(await failure('OPENVSWITCH_NOT_ACTIVE')).toBe(`${explanations.OPENVSWITCH_NOT_ACTIVE}\n`)
  })

  it('says so where values are missing or left over', async () => {
    expect(await failure('PIF_IS_PHYSICAL')).toBe(`${explanations.PIF_IS_PHYSICAL}\nPIF: <unknown>\n`)
    expect(await failure('EVENTS_LOST', 'a', 'b')).toBe(`${explanations.EVENTS_LOST}\n<extra>: a\n<extra>: b\n`)
  })

  it('calls every value a VM where VMs did not cooperate', async () => {
    expect(await failure('VMS_FAILED_TO_COOPERATE', 'a', 'b')).toMatch(/\nVM: a\nVM: b\n$/)
  })
})

describe('a failure whose code is not known', () => {
  it('prints code and parameters', async () => {
    expect(await failure('NO_SUCH_CODE', 'a', 'b')).toBe('Error code: NO_SUCH_CODE\nError parameters: a, b\n')
    expect(await failure('NO_SUCH_CODE')).toBe('Error code: NO_SUCH_CODE\nError parameters: \n')
    expect(await failure('constructor')).toBe('Error code: constructor\nError parameters: \n')
  })
})

describe('a refused login', () => {
  it('is one line and a hint', async () => {
    expect(await failure('SESSION_AUTHENTICATION_FAILED', 'root', 'x')).toBe(`Authentication failed\n${usageHint}\n`)
  })

  it('asks for a user name where there was none', async () => {
    expect(await failure('SESSION_AUTHENTICATION_FAILED', '')).toMatch(/^[^\n]*user name[^\n]*\nType /)
  })

  it('stumbles as the original does where the host says nothing more', async () => {
    expect(await failure('SESSION_AUTHENTICATION_FAILED')).toBe(
      `${explanations.INTERNAL_ERROR}\nmessage: Failure: hd\n`,
    )
  })
})

test('a complaint about the command line is followed by a hint', async () => {
  expect(await text(new UsageError('Unknown command: x'))).toBe(`Unknown command: x\n${usageHint}\n`)
})

test('a complaint of a command, and a host that cannot be talked to, are one line', async () => {
  expect(await text(new CommandError('no'))).toBe('Error: no\n')
  expect(await text(new TransportError('timeout', 'h:443 did not answer'))).toBe('Error: h:443 did not answer\n')
})

test('a certificate that is not trusted is one line that says what can be done', async () => {
  expect(await text(new TrustError('invalid', 'the certificate of h is not trusted'))).toMatch(
    /^Error: the certificate of h is not trusted [^\n]*--ca=FILE[^\n]*--insecure[^\n]*\n$/,
  )
})

test('anything else is a bug and shows its stack', async () => {
  expect(await text(new TypeError('oops'))).toMatch(/^TypeError: oops\n +at /)
})

test('every code with labels has an explanation of one line', () => {
  expect(Object.keys(explanations).sort()).toEqual(Object.keys(errorParameters).sort())
  for (const explanation of Object.values(explanations)) expect(explanation).toMatch(/^\S[^\n]*\S$/)
})

test('a host that can no longer be asked about references does not hide what it said', async () => {
  const session = sessionOn(
    hostWith({
      'PIF.get_uuid': () => {
        throw new TransportError('closed', 'gone')
      },
    }),
  )
  const error = new XapiError('PIF_IS_VLAN', ['OpaqueRef:x'])
  expect(await describeError(error, session)).toBe(`${explanations.PIF_IS_VLAN}\nPIF: OpaqueRef:x\n`)
})
