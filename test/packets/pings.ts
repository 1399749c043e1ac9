import type { Namespace } from '../ovs-lab/index.ts'

/** Pings of which one follows another, whatever becomes of it. */
export interface Flow {
  readonly sent: number
  readonly lost: number
  /** The longest time without an answer, in milliseconds. */
  readonly longestGapMs: number
}

/** Sends pings for some seconds, one each 50 ms unless told, and waits for them. Throws where none can be sent. */
export async function flow(from: Namespace, to: string, seconds: number, intervalMs = 50): Promise<Flow> {
  const text = await ping(from, '-D', '-i', String(intervalMs / 1000), '-w', String(seconds), to)
  const [, sent = '0', answered = '0'] = /(\d+) packets transmitted, (\d+) received/.exec(text) ?? []
  const times = [...text.matchAll(/^\[(\d+\.\d+)\] \d+ bytes from/gm)].map(([, time]) => Number(time) * 1000)
  times.push(Date.now())
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time))
  return {
    sent: Number(sent),
    // The last one may still have been under way.
    lost: Math.max(0, Number(sent) - Number(answered) - 1),
    longestGapMs: gaps.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...gaps),
  }
}

/** Whether a ping is answered within half a second; `options` are those of the program. */
export async function answers(from: Namespace, to: string, ...options: readonly string[]): Promise<boolean> {
  const text = await ping(from, '-q', '-c', '1', '-W', '0.5', ...options, to)
  return / 1 received/.test(text)
}

/** Sends pings to everybody at once, which nobody answers. */
export async function shout(from: Namespace, to: string, count: number): Promise<void> {
  await ping(from, '-q', '-b', '-c', String(count), '-i', '0.05', '-W', '0.1', to)
}

type Counter = 'IcmpMsg InType8' | 'Udp InDatagrams' | 'Udp NoPorts' | 'Udp InErrors'

/** What has come to a namespace, as its kernel counts. */
export async function counted(at: Namespace, ...counters: readonly Counter[]): Promise<number> {
  const lines = (await at.run('cat', '/proc/net/snmp')).split('\n').map(line => line.split(/:? /))
  return counters.reduce((sum, counter) => {
    const [group = '', name = ''] = counter.split(' ')
    const [names = [], values = []] = lines.filter(([first]) => first === group)
    return sum + Number(values[names.indexOf(name)] ?? 0)
  }, 0)
}

/** What the program prints, also where no answer comes, for which it ends with 1. */
async function ping(from: Namespace, ...args: readonly string[]): Promise<string> {
  try {
    return await from.run('ping', '-n', ...args)
  } catch (error) {
    const { stdout } = error as { readonly stdout?: string } // as execFile gives it
    if (stdout?.includes('transmitted')) return stdout
    throw error
  }
}
