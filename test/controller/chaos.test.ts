import fc from 'fast-check'
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { startFakeHost } from '../../src/fake-host/index.ts'
import { HAPPENINGS, type Pick, type Stage } from './chaos/happenings.ts'
import { openWire } from './chaos/sessions.ts'
import { simulateTime } from './chaos/simulated-time.ts'
import { controllerNamed, RESYNC_MS } from './chaos/subject.ts'
import { simulateSwitches } from './chaos/switches.ts'
import { truthOf } from './chaos/truth.ts'

/** Which seeds to try, such as `7` or `1-50`; how long to go on, in simulated minutes. */
const { XE_TUNNEL_CHAOS_SEEDS: seeds = '5-6', XE_TUNNEL_CHAOS_MINUTES: minutes = '30' } = process.env
const [first = 1, last = first] = seeds.split('-').map(Number)

const plans = fc.record({
  waits: fc.infiniteStream(fc.noBias(fc.integer({ min: 0, max: 20_000 }))),
  lasts: fc.infiniteStream(fc.noBias(fc.integer({ min: 50, max: 40_000 }))),
  names: fc.infiniteStream(fc.constantFrom(...Object.keys(HAPPENINGS))),
  choices: fc.infiniteStream(fc.noBias(fc.nat())),
})

/** Time is simulated only where the global functions are asked for it. */
vi.mock('../../src/controller/dataplane/pause.ts', () => ({
  pause: (ms: number, signal: AbortSignal) =>
    new Promise<void>(resolve => {
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done)
      function done() {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      if (signal.aborted) done()
    }),
}))

afterEach(() => vi.unstubAllGlobals())

async function chaos(seed: number, minutes: number): Promise<void> {
  const [plan] = fc.sample(plans, { seed, numRuns: 1 })
  if (!plan) throw new Error('no plan')
  const waits = plan.waits[Symbol.iterator]()
  const lasts = plan.lasts[Symbol.iterator]()
  const names = plan.names[Symbol.iterator]()
  const choices = plan.choices[Symbol.iterator]()
  const number = (from: Iterator<number>) => Number(from.next().value)
  const pick: Pick = from => from[number(choices) % Math.max(1, from.length)]
  const random = () => (number(choices) % 10_007) / 10_007

  const time = simulateTime()
  await using fake = await time.until(
    startFakeHost({ hosts: 4, seed, listen: false, clock: () => 1_700_000_000_000 + time.now() }),
  )
  const switches = simulateSwitches(fake, time, random)
  const truth = truthOf(fake, switches)
  const history: string[] = []
  const tell = (line: string) => history.push(`${(time.now() / 1000).toFixed(3)} ${line}`)
  let failure: unknown
  const look = () =>
    truth.look().catch(error => {
      failure ??= error
    })
  switches.onEdit = async (name, host, edits) => {
    tell(`${name} edits ${fake.db.get('host', host, 'name_label')}: ${edits.map(({ op, port }) => `${op} ${port}`)}`)
    await look()
  }
  switches.onFabric = look

  const controllers = ['a', 'b'].map(name => controllerNamed(name, fake, time, switches, tell))
  let believableSince: number | undefined
  const judge = () => {
    const leader = controllers.find(({ controller }) => controller?.reconciler.leads)
    const isHeard = leader?.wire?.isCut === false && fake.pool.hosts.isRunning(fake.pool.hosts.entrance())
    if (!isHeard) believableSince = undefined
    else believableSince ??= time.now()
    try {
      truth.judge(time.now(), believableSince)
    } catch (error) {
      failure ??= error
    }
  }
  const pass = async (ms: number) => {
    await time.pass(ms, judge)
    if (failure) throw failure
  }

  try {
    const { session } = await time.until(openWire(fake, time))
    const stage = { fake, time, switches, session, controllers } satisfies Stage
    for (const [name, protocol, count] of [
      ['span0', 'gre', 4],
      ['span1', 'vxlan', 3],
      ['span2', 'gre', 3],
    ] as const) {
      const network = await time.until(session.network.create({ name_label: name, other_config: new Map() }))
      for (const host of fake.db.refs('host').slice(0, count)) {
        const transport = fake.db.get('host', host, 'PIFs').find(pif => fake.db.get('PIF', pif, 'management'))
        if (transport !== undefined) await time.until(session.tunnel.create(transport, network, protocol))
      }
    }
    for (const its of controllers) its.start()
    await pass(15_000)
    expect(await time.until(truth.faults())).toEqual([])

    const undoing = new Set<() => Promise<void>>()
    const end = time.now() + minutes * 60_000
    while (time.now() < end) {
      await pass(number(waits))
      const name = String(names.next().value)
      const last = number(lasts)
      stage.session = await time.until(openWire(fake, time)).then(
        opened => opened.session,
        () => stage.session,
      )
      const begun = Promise.resolve()
        .then(() => HAPPENINGS[name]?.(stage, pick))
        .catch((error: Error) => {
          tell(`* ${name} cannot be: ${error.message}`)
          return null
        })
      const undo = await time.until(begun)
      if (undo === null) continue
      tell(`* ${name}${undo ? ` for ${last} ms` : ''}`)
      if (!undo) continue
      const once = async () => {
        if (!undoing.delete(once)) return
        tell(`* no more: ${name}`)
        await Promise.resolve(undo()).catch((error: Error) => tell(`* not taken back: ${error.message}`))
      }
      undoing.add(once)
      time.after(last, () => void once())
    }
    for (const undo of [...undoing]) await time.until(undo())
    for (const host of fake.db.refs('host')) {
      if (!fake.db.get('host', host, 'enabled'))
        await fake.control.writeObject('host', host, { enabled: true } as never)
    }
    tell('* quiet')
    await pass(RESYNC_MS)
    expect(await time.until(truth.faults())).toEqual([])
    const written = () =>
      controllers
        .map(({ controller }) => controller?.reconciler.counts)
        .map(counts => [counts?.changes, counts?.statuses])
    const before = written()
    await pass(2 * RESYNC_MS)
    expect(written()).toEqual(before)
    expect(controllers.flatMap(({ failures }) => failures)).toEqual([])
  } catch (error) {
    throw new Error(
      `seed ${seed}: ${error instanceof Error ? error.message : error}\n${history.slice(-120).join('\n')}`,
      {
        cause: error,
      },
    )
  } finally {
    for (const its of controllers) await time.until(its.stop(false))
  }
}

describe('half an hour of chaos', () => {
  // So that all modules are there, and no time is simulated while they are being loaded.
  beforeAll(() => chaos(0, 0), 60_000)

  it.each(Array.from({ length: last - first + 1 }, (_, at) => first + at))(
    'is over within one resync, and nothing was said that was not so: seed %i',
    seed => chaos(seed, Number(minutes)),
    600_000,
  )
})
