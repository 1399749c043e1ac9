import { DaemonError } from '../daemon.ts'
import type { SwitchEdit } from '../switch.ts'
import { addPort, type OvsPort, type OvsTables, removePort } from './ovs-tables.ts'

/**
 * Makes changes that are not the host's own, all of them or, where one cannot be made, none. Ports of NICs, bonds and guests and the
 * devices of bridges are not theirs to change. Throws DaemonError, ScriptError.
 */
export function editTables(tables: OvsTables, edits: readonly SwitchEdit[]): void {
  const undo: (() => void)[] = []
  try {
    for (const edit of edits) undo.push(editOnce(tables, edit))
  } catch (error) {
    for (const step of undo.reverse()) step()
    throw error
  }
}

/** Returns what takes the change back. */
function editOnce(tables: OvsTables, edit: SwitchEdit): () => void {
  if (edit.op === 'add-port') {
    const bridge = tables.Bridge.get(edit.bridge)
    if (!bridge) throw new DaemonError(`no bridge named ${edit.bridge}`)
    if (!/^[a-z]+$/.test(edit.type)) throw new DaemonError(`${JSON.stringify(edit.type)} is no type of a port`)
    if (tables.Port.has(edit.port) || tables.Interface.has(edit.port)) {
      throw new DaemonError(`there is a port named ${edit.port}`)
    }
    addPort(tables, bridge, edit.port, [edit.port], edit.type)
    write(tables, edit)
    return () => removePort(tables, edit.port)
  }
  const [port, row] = [ownPort(tables, edit.port), tables.Interface.get(edit.port)]
  if (!row) throw new Error(`port ${edit.port} has no interface`)
  const before = { ...row }
  const external_ids = new Map(row.external_ids)
  const { protected: isProtected } = port
  const restore = () => {
    tables.Port.set(port.name, Object.assign(port, { protected: isProtected }))
    tables.Bridge.get(port.bridge)?.ports.add(port.name)
    tables.Interface.set(edit.port, Object.assign(row, before, { external_ids }))
  }
  if (edit.op === 'del-port') removePort(tables, edit.port)
  else write(tables, edit)
  return restore
}

/** A tunnel port: others are the host's. */
function ownPort(tables: OvsTables, name: string): OvsPort {
  const port = tables.Port.get(name)
  if (!port) throw new DaemonError(`no port named ${name}`)
  const type = tables.Interface.get(name)?.type ?? ''
  if (type === '' || type === 'internal' || port.interfaces.length > 1) {
    throw new DaemonError(`port ${name} is not a tunnel`)
  }
  return port
}

function write(tables: OvsTables, edit: Exclude<SwitchEdit, { op: 'del-port' }>): void {
  const row = tables.Interface.get(edit.port)
  const port = tables.Port.get(edit.port)
  if (!row || !port) throw new Error(`port ${edit.port} has no row`)
  if (edit.options) row.options = new Map(edit.options)
  if (edit.bfd) row.bfd = new Map(edit.bfd)
  if (edit.external_ids) row.external_ids = new Map(edit.external_ids)
  if (edit.protected !== undefined) port.protected = edit.protected
}
