import * as z from 'zod/mini'
import type { Json } from '../../xapi/wire/json.ts'
import { xenDate } from '../clock.ts'
import { FakeHostError } from '../error.ts'
import { checkFaults } from '../faults/check.ts'
import { fromJson } from '../json.ts'
import type { SwitchEdit } from '../network/index.ts'
import type { RecordedCall } from '../record/index.ts'
import { SCENARIOS } from '../scenarios/index.ts'
import { read } from './bodies.ts'
import type { Control, SwitchWait } from './control.ts'

/** What is controlled, and what tells what has happened. */
export interface Controlled {
  readonly control: Control
  readonly calls: readonly RecordedCall[]
}

/** Does what a request asks for and gives what its answer says; a text is JSON as it stands. Throws FakeHostError. */
type Handler = (controlled: Controlled, body: Json | undefined, asked: Asked) => unknown

/** What a request says beside its body. */
interface Asked {
  /** The host in its path; empty where there is none. */
  readonly host: string
  readonly query: URLSearchParams
  /** Fires when nobody waits for the answer any more. */
  readonly signal: AbortSignal
}

/** How long an answer may wait for a change, in milliseconds. */
const LONGEST_MS = 30_000

const text = z.string().check(z.minLength(1))
const milliseconds = z.number().check(z.minimum(0))
const fields = z.instanceof(Map<string, Json>)

const column = z.optional(z.record(z.string(), z.string()))
const edited = {
  port: text,
  options: column,
  external_ids: column,
  bfd: column,
  protected: z.optional(z.boolean()),
}
const EDITS = [
  z.strictObject({ op: z.literal('del-port'), port: text }),
  z.strictObject({ op: z.literal('add-port'), bridge: text, type: text, ...edited }),
  z.strictObject({ op: z.literal('set-port'), ...edited }),
] as const

/** What the bodies of control requests hold. */
const bodies = {
  records: z.strictObject({ class: text, ref: text, fields }),
  newObject: z.strictObject({ class: text, ref: z.optional(text), fields: z.optional(fields) }),
  object: z.strictObject({ class: text, ref: text }),
  network: z.strictObject({
    delay_ms: z.optional(milliseconds),
    fail: z.optional(
      z.nullable(
        z.strictObject({ call: text, kind: z.enum(['script', 'vlan_in_use', 'text']), text: z.optional(z.string()) }),
      ),
    ),
    host: z.optional(text),
  }),
  session: z.strictObject({ role: text }),
  clock: z.strictObject({
    set: z.optional(z.union([z.number(), text])),
    advance_ms: z.optional(z.number()),
    held: z.optional(z.boolean()),
  }),
  seed: z.strictObject({ seed: z.int() }),
  edits: z.strictObject({ ops: z.array(z.discriminatedUnion('op', EDITS)) }),
  bridges: z.strictObject({ host: z.optional(text) }),
  reachable: z.strictObject({ from: text, to: text, vlan: z.optional(z.int()) }),
  scenario: z.strictObject({ name: text, parameters: z.optional(z.record(text, z.string())) }),
  undo: z.strictObject({ id: text }),
  lease: z.strictObject({ name: text, owner: text, lease_ms: milliseconds }),
  release: z.strictObject({ name: text, owner: text }),
}

/** What there is to be asked for, by path and method. `*` in a path is the name of a host. */
export const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/fake/': {
    GET: () =>
      Object.entries(routes).flatMap(([path, methods]) => Object.keys(methods).map(method => `${method} ${path}`)),
  },
  '/fake/records': {
    POST({ control }, body) {
      const { class: cls, ref, fields } = read(bodies.records, body)
      return control.writeObject(cls, ref, fields)
    },
  },
  '/fake/objects': {
    async POST({ control }, body) {
      const { class: cls, ref, fields } = read(bodies.newObject, body)
      return { ref: await control.addObject(cls, fields, ref) }
    },
    DELETE({ control }, body) {
      const { class: cls, ref } = read(bodies.object, body)
      return control.removeObject(cls, ref)
    },
  },
  '/fake/network': { POST: ({ control }, body) => control.disturbNetwork(read(bodies.network, body)) },
  '/fake/session': {
    POST: async ({ control }, body) => ({ session: await control.openSession(read(bodies.session, body).role) }),
  },
  '/fake/faults': {
    GET: faults,
    async PUT(controlled, body) {
      await controlled.control.setFaults(rules(body))
      return faults(controlled)
    },
    async POST(controlled, body) {
      await controlled.control.addFaults(...rules(body))
      return faults(controlled)
    },
    async DELETE(controlled) {
      await controlled.control.setFaults([])
      return faults(controlled)
    },
  },
  '/fake/calls': {
    GET: ({ calls }) => ({ calls }),
    DELETE: ({ control }) => control.forgetCalls(),
  },
  '/fake/clock': { GET: clock, POST: setClock },
  '/fake/seed': { POST: ({ control }, body) => control.seed(read(bodies.seed, body).seed) },
  '/fake/collect': { POST: ({ control }) => control.collect() },
  '/fake/hosts/*/stop': {
    POST({ control }, _body, { host }) {
      checkDoor(control, host)
      return control.stopHost(host)
    },
  },
  '/fake/hosts/*/start': { POST: ({ control }, _body, { host }) => control.startHost(host) },
  '/fake/hosts/*/switch': {
    GET: ({ control }, _body, asked) => control.switchState(asked.host, wait(asked)),
    POST: ({ control }, body, { host }) => control.editSwitch(host, read(bodies.edits, body).ops.map(switchEdit)),
  },
  '/fake/bridges': {
    GET: async ({ control }, _body, { query }) => ({ hosts: await control.bridges(query.get('host') ?? undefined) }),
    POST: async ({ control }, body) => ({ hosts: await control.bridges(read(bodies.bridges, body).host) }),
  },
  '/fake/reachable': {
    GET: ({ control }, _body, { query }) =>
      control.reachable(queried(query, 'from'), queried(query, 'to'), Number(query.get('vlan') ?? 0)),
    POST({ control }, body) {
      const { from, to, vlan } = read(bodies.reachable, body)
      return control.reachable(from, to, vlan)
    },
  },
  '/fake/scenarios': {
    GET: scenarios,
    async POST({ control }, body) {
      const { name, parameters = {} } = read(bodies.scenario, body)
      if (name === 'host-dies' && parameters.host !== undefined) checkDoor(control, parameters.host)
      return { id: (await control.scenario(name, parameters)).id }
    },
  },
  '/fake/scenarios/undo': {
    async POST({ control }, body) {
      await control.undoScenario(read(bodies.undo, body).id)
    },
  },
  '/fake/scenarios/list': { POST: scenarios },
  '/fake/lease': {
    POST({ control }, body) {
      const { name, owner, lease_ms } = read(bodies.lease, body)
      return { owner: control.lease(name, owner, lease_ms) }
    },
    DELETE({ control }, body) {
      const { name, owner } = read(bodies.release, body)
      return control.release(name, owner)
    },
  },
  '/fake/reset': { POST: ({ control }) => control.reset() },
  '/fake/state': { GET: ({ control }) => control.state() },
  '/fake/coverage': { GET: coverage },
  '/fake/metrics': { GET: ({ control }) => control.metrics() },
}

const rules = (body: Json | undefined) => checkFaults(fromJson(body ?? null), 'the body')

function faults({ control }: Controlled): unknown {
  return { faults: control.faults.map(({ rule, matched, acted }) => ({ ...rule, matched, acted })) }
}

function clock({ control }: Controlled): unknown {
  return { now: xenDate(control.clock.now()), held: control.clock.isHeld }
}

function setClock(controlled: Controlled, body: Json | undefined): unknown {
  const { set, advance_ms, held } = read(bodies.clock, body)
  const { clock: pool } = controlled.control
  if (set !== undefined) pool.set(typeof set === 'number' ? set : moment(set))
  if (advance_ms !== undefined) pool.advance(advance_ms)
  if (held === true) pool.hold()
  if (held === false) pool.release()
  return clock(controlled)
}

/** A date in either form as milliseconds since 1970. */
function moment(text: string): number {
  const found = Date.parse(text.replace(/^(\d{4})(\d{2})(\d{2})T/, '$1-$2-$3T'))
  if (Number.isNaN(found)) throw new FakeHostError(`${JSON.stringify(text)} is not a date`)
  return found
}

function coverage({ control }: Controlled): unknown {
  const messages = control.coverage()
  const counts = new Map<string, number>()
  for (const kind of messages.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return { counts, messages }
}

type Edit = z.output<(typeof EDITS)[number]>

const switchEdit = (edit: Edit): SwitchEdit => {
  if (edit.op === 'del-port') return edit
  const { options, external_ids, bfd, ...rest } = edit
  return { ...rest, options: columnOf(options), external_ids: columnOf(external_ids), bfd: columnOf(bfd) }
}

const columnOf = (column: Record<string, string> | undefined): ReadonlyMap<string, string> | undefined =>
  column && new Map(Object.entries(column))

/** With `after=VERSION` the answer waits for another version, for 30 seconds at most or as `timeout_ms` says. */
function wait({ query, signal }: Asked): SwitchWait | undefined {
  const after = query.get('after')
  if (after === null) return undefined
  const timeoutMs = Number(query.get('timeout_ms') ?? LONGEST_MS)
  if (!(timeoutMs >= 0 && timeoutMs <= LONGEST_MS)) throw new FakeHostError(`timeout_ms goes from 0 to ${LONGEST_MS}`)
  return { after, timeoutMs, signal }
}

function queried(query: URLSearchParams, name: string): string {
  const value = query.get(name)
  if (!value) throw new FakeHostError(`the query needs ${name}=`)
  return value
}

function scenarios({ control }: Controlled): unknown {
  const known = Object.entries(SCENARIOS).map(([name, { description, parameters }]) => ({
    name,
    description,
    parameters,
  }))
  return { scenarios: known, running: control.scenarios }
}

/** Nobody could take back what would close the last way in. Throws FakeHostError. */
function checkDoor(control: Control, host: string): void {
  if (!control.isLastDoor(host)) return
  throw new FakeHostError(
    `${host} is the coordinator, and the pool listens nowhere else: serve it with members=true, or name another host`,
  )
}
