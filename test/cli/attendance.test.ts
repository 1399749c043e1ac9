import { expect, it } from 'vitest'
import { attend } from '../../src/cli/attendance.ts'
import { defaults } from '../../src/cli/settings.ts'
import { surround } from './terminal.ts'

function attending(variables: Readonly<Record<string, string>> = {}, { isTTY = true, debug = false } = {}) {
  const user = new AbortController()
  let printed = ''
  const stderr = {
    isTTY,
    write(text: string) {
      printed += text
    },
  }
  const { environment } = surround([], { variables, stderr, signal: user.signal })
  return { ...attend(environment, { ...defaults, debug }), user, printed: () => printed }
}

it('progress replaces what was shown before, is shown once, and goes at the end', () => {
  const { attendance, end, printed } = attending()
  attendance.progress('1 of 2')
  attendance.progress('1 of 2')
  attendance.progress('2 of 2')
  end()
  expect(printed()).toBe('\r\x1b[K1 of 2\r\x1b[K2 of 2\r\x1b[K')
})

it('progress is cut to the width of the terminal', () => {
  const { attendance, printed } = attending({ COLUMNS: '5' })
  attendance.progress('12345678')
  expect(printed()).toBe('\r\x1b[K1234')
})

it('a remark stands on a line of its own', () => {
  const { attendance, end, printed } = attending()
  attendance.progress('1 of 2')
  attendance.remark('something is odd')
  end()
  expect(printed()).toBe('\r\x1b[K1 of 2\r\x1b[Ksomething is odd\n')
})

it('a note is for a terminal alone', () => {
  const [terminal, pipe] = [attending(), attending({}, { isTTY: false })]
  for (const { attendance } of [terminal, pipe]) attendance.note('by the way')
  expect([terminal.printed(), pipe.printed()]).toEqual(['by the way\n', ''])
})

it.each([
  ['in a pipe', {}, { isTTY: false }],
  ['on a terminal that cannot replace a line', { TERM: 'dumb' }, {}],
  ['among the lines of --debug', {}, { debug: true }],
])('no progress is shown %s, but remarks are', (_, variables, options) => {
  const { attendance, end, printed } = attending(variables, options)
  attendance.progress('1 of 2')
  attendance.remark('something is odd')
  end()
  expect(printed()).toBe('something is odd\n')
})

it('the wish to end cuts calls off at once, but waits for what has to stay whole', async () => {
  const { attendance, signal, user } = attending()
  await attendance.whole(async () => {
    user.abort(new Error('stop'))
    expect(attendance.signal.aborted).toBe(true)
    await attendance.whole(async () => {})
    expect(signal.aborted).toBe(false)
  })
  expect(signal.reason).toEqual(new Error('stop'))

  const other = attending()
  other.user.abort(new Error('stop'))
  expect(other.signal.aborted).toBe(true)
})

it('a session that is asked for after the wish to end is cut off from the start', () => {
  const { environment } = surround([], { signal: AbortSignal.abort(new Error('stop')) })
  expect(attend(environment, defaults).signal.reason).toEqual(new Error('stop'))
})
