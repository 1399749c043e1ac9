import type { Ask, Writer } from './environment.ts'

/** The end of a terminal that a user types at: what node's ReadStream is there. */
interface Keyboard {
  setRawMode(isRaw: boolean): unknown
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  on(event: 'end', listener: () => void): unknown
  off(event: 'data' | 'end', listener: (chunk: Buffer) => void): unknown
  unshift(chunk: Buffer): unknown
  resume(): unknown
  pause(): unknown
}

export interface Terminal {
  /** Opened when the first question is asked. */
  readonly keyboard: () => Keyboard
  readonly screen: Pick<Writer, 'write'>
  /** Ends the question. The terminal is put back before anything else happens. */
  readonly signal: AbortSignal
  /** Called on Ctrl-C while it is the terminal's own no more. */
  readonly interrupt: () => void
}

const [CTRL_C, CTRL_D, BACKSPACE, CTRL_U, DELETE] = ['\x03', '\x04', '\b', '\x15', '\x7f']

/** Asks on a terminal. A secret is typed with the echo off; erasing a character and the line works as ever. */
export function asker({ keyboard, screen, signal, interrupt }: Terminal): Ask {
  return async (question, { secret = false }) => {
    signal.throwIfAborted()
    const keys = keyboard()
    if (secret) keys.setRawMode(true)
    screen.write(question)
    let stop = (): void => {}
    try {
      return await new Promise<string | undefined>((resolve, reject) => {
        const line = secret ? hiddenLine(interrupt) : shownLine()
        const take = (chunk: Buffer): void => {
          const ended = line(chunk)
          if (!ended) return
          keys.pause()
          if (ended.rest !== '') keys.unshift(Buffer.from(ended.rest)) // typed ahead, for whoever reads next
          resolve(ended.text)
        }
        const end = (): void => resolve(undefined)
        const abort = (): void => reject(signal.reason)
        keys.on('data', take)
        keys.on('end', end)
        signal.addEventListener('abort', abort)
        stop = () => {
          keys.off('data', take)
          keys.off('end', end)
          signal.removeEventListener('abort', abort)
        }
        keys.resume()
      })
    } finally {
      stop()
      keys.pause()
      if (secret) keys.setRawMode(false)
      if (secret || signal.aborted) screen.write('\n')
    }
  }
}

interface Ended {
  /** Undefined: there is no more input. */
  readonly text: string | undefined
  readonly rest: string
}

type LineReader = (chunk: Buffer) => Ended | undefined

/** A line that the terminal itself has gathered, echo and all. */
function shownLine(): LineReader {
  const decoder = new TextDecoder()
  let typed = ''
  return chunk => {
    typed += decoder.decode(chunk, { stream: true })
    const end = typed.indexOf('\n')
    return end < 0 ? undefined : { text: typed.slice(0, end), rest: typed.slice(end + 1) }
  }
}

/** A line key by key. */
function hiddenLine(interrupt: () => void): LineReader {
  const decoder = new TextDecoder()
  let typed: string[] = []
  return chunk => {
    const keys = [...decoder.decode(chunk, { stream: true })]
    for (const [at, key] of keys.entries()) {
      const rest = keys.slice(at + 1).join('')
      if (key === '\r' || key === '\n') return { text: typed.join(''), rest }
      if (key === CTRL_D && typed.length === 0) return { text: undefined, rest }
      if (key === CTRL_C) interrupt()
      else if (key === DELETE || key === BACKSPACE) typed.pop()
      else if (key === CTRL_U) typed = []
      else if (key >= ' ' || key === '\t') typed.push(key)
    }
    return undefined
  }
}
