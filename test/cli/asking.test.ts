import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { asker } from '../../src/cli/asking.ts'
import { startFakeHost } from '../../src/fake-host/index.ts'
import { hasPty, onTerminal } from './pty.ts'
import { home } from './trust/real.ts'

/** A keyboard without anybody, and what happens to its terminal. */
class Keyboard extends EventEmitter {
  isRaw = false
  readonly rawWhile: boolean[] = []
  readonly ahead: string[] = []
  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw
  }
  unshift(chunk: Buffer): void {
    this.ahead.push(chunk.toString())
  }
  resume(): void {
    this.rawWhile.push(this.isRaw)
  }
  pause(): void {}
  type(...chunks: readonly (string | Buffer)[]): void {
    for (const chunk of chunks) this.emit('data', Buffer.from(chunk))
  }
}

function terminal() {
  const keyboard = new Keyboard()
  const stop = new AbortController()
  const screen = {
    text: '',
    write(text: string) {
      screen.text += text
    },
  }
  const interrupt = (): void => stop.abort(new Error('interrupted'))
  return { keyboard, stop, screen, ask: asker({ keyboard: () => keyboard, screen, signal: stop.signal, interrupt }) }
}

describe('a question', () => {
  it('is answered by a line, which the terminal shows as it does', async () => {
    const { keyboard, screen, ask } = terminal()
    const answer = ask('Name? ', {})
    keyboard.type('Jo', 'e\nnext')
    expect(await answer).toBe('Joe')
    expect({ text: screen.text, raw: keyboard.rawWhile, ahead: keyboard.ahead }).toEqual({
      text: 'Name? ',
      raw: [false],
      ahead: ['next'],
    })
  })

  it('is not answered where the input ends', async () => {
    const { keyboard, ask } = terminal()
    const answer = ask('Name? ', {})
    keyboard.emit('end')
    expect(await answer).toBeUndefined()
  })
})

describe('a question about a secret', () => {
  it.each([
    ['secret\r', 'secret'],
    ['secret\n', 'secret'],
    ['sex\x7fcret\r', 'secret'],
    ['\x7f\bsecret\r', 'secret'],
    ['wrong\x15right\r', 'right'],
    ['pä ß\t🔑\r', 'pä ß\t🔑'],
    ['a🔑\x7fb\r', 'ab'],
    ['a\x04b\x1a\r', 'ab'],
    ['\r', ''],
    ['\x04', undefined],
  ])('takes %j for %j', async (typed, expected) => {
    const { keyboard, screen, ask } = terminal()
    const answer = ask('Password: ', { secret: true })
    keyboard.type(typed)
    expect(await answer).toBe(expected)
    expect(screen.text).toBe('Password: \n')
    expect({ raw: keyboard.rawWhile, now: keyboard.isRaw }).toEqual({ raw: [true], now: false })
  })

  it('takes characters whose bytes come apart', async () => {
    const { keyboard, ask } = terminal()
    const answer = ask('Password: ', { secret: true })
    const bytes = Buffer.from('ü\r')
    keyboard.type(bytes.subarray(0, 1), bytes.subarray(1))
    expect(await answer).toBe('ü')
  })

  it('gives the terminal back on Ctrl-C and on any other end', async () => {
    for (const end of [
      (t: ReturnType<typeof terminal>) => t.keyboard.type('se\x03'),
      (t: ReturnType<typeof terminal>) => t.stop.abort(new Error('interrupted')),
    ]) {
      const one = terminal()
      const answer = one.ask('Password: ', { secret: true })
      end(one)
      await expect(answer).rejects.toThrow('interrupted')
      expect(one.keyboard.isRaw).toBe(false)
      expect(one.keyboard.eventNames()).toEqual([])
      await expect(one.ask('Again: ', { secret: true })).rejects.toThrow('interrupted')
    }
  })
})

const program = fileURLToPath(new URL('../../dist/xe-tunnel.js', import.meta.url))

describe.skipIf(!hasPty)('at a real terminal', () => {
  const list = (port: number): string => `${process.execPath} ${program} host-list --minimal -s localhost -p ${port}`
  const isEcho = "stty -a | grep -ow -e '-*echo' -e '-*icanon' | sort | tr '\\n' ' '"

  it('a new host is shown and asked about, then the password, which is not shown', async () => {
    using user = home()
    await using host = await startFakeHost({ tls: true, password: 'hunter2' })
    const { screen, status } = await onTerminal(
      list(host.port),
      [
        ['(yes/no) ', 'yes\n'],
        ['Password of root on localhost: ', 'hunter2\n'],
      ],
      { HOME: user.path },
    )
    expect(status).toBe(0)
    expect(screen).toMatch(/is not trusted: it is self-signed\.\nSHA-256: ([0-9A-F]{2}:){31}[0-9A-F]{2}\nsubject: /)
    expect(screen).toMatch(/\nPassword of root on localhost: \n[0-9a-f-]{36},[0-9a-f-]{36}\n$/)
    expect(screen).not.toContain('hunter2')
    expect(user.known()).toMatch(/^localhost:\d+ SHA256:/)
  })

  it('Ctrl-C at the password ends the program with 130, and gives the terminal back', async () => {
    using user = home()
    await using host = await startFakeHost()
    const command = `${list(host.port)} --nossl; echo "status $?"; ${isEcho}`
    const { screen } = await onTerminal(
      command,
      [
        ['Password of', 'se'],
        [': ', '\x03'],
      ],
      { HOME: user.path },
    )
    expect(screen).toMatch(/Password of root on localhost: \nstatus 130\necho icanon $/)
    expect(host.calls).toEqual([])
  })

  it('what goes into a pipe is asked for at the terminal all the same', async () => {
    using user = home()
    await using host = await startFakeHost()
    const { screen } = await onTerminal(
      `${list(host.port)} --nossl | tr , '\\n'`,
      [['Password of root on localhost: ', 'pw\n']],
      {
        HOME: user.path,
      },
    )
    expect(screen).toMatch(/: \n[0-9a-f-]{36}\n[0-9a-f-]{36}\n$/)
  })

  it('a password typed into a pipe is not taken: nobody is asked', async () => {
    using user = home()
    await using host = await startFakeHost()
    const { screen, status } = await onTerminal(`echo pw | ${list(host.port)} --nossl`, [], { HOME: user.path })
    expect(status).toBe(1)
    expect(screen).toMatch(/^Authentication failed\n/)
  })

  it('a password command can ask at the terminal itself', async () => {
    using user = home()
    await using host = await startFakeHost()
    const asks = `printf "Passphrase: " >&2; read -r line; echo "$line"`
    const { screen, status } = await onTerminal(
      `${list(host.port)} --nossl --password-command='${asks}'`,
      [['Passphrase: ', 'pw\n']],
      { HOME: user.path },
    )
    expect({ status, end: screen.split('\n').length }).toEqual({ status: 0, end: 3 })
  })
})

it.skipIf(!hasPty)('a descriptor gives a password and keeps the rest for others', async () => {
  using user = home()
  await using host = await startFakeHost()
  const command = `printf 'pw\\nrest\\n' | { ${process.execPath} ${program} host-list --minimal -s localhost -p ${host.port} --nossl --password-fd=0; cat; }`
  const { screen } = await onTerminal(command, [], { HOME: user.path })
  expect(screen).toMatch(/^[0-9a-f-]{36},[0-9a-f-]{36}\nrest\n$/)
})
