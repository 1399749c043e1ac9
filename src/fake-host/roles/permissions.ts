import { createHash } from 'node:crypto'
import { datamodel, type Message } from '../../datamodel/index.ts'
import { formatUuid } from '../random.ts'

/** What a role may be given: a message, a key of a map, an HTTP action. */
export interface Permission {
  /** As stored and reported: lower case (docs/spec/protocol-semantics.md 6.2). */
  readonly name: string
  readonly ref: string
  readonly uuid: string
  /** The roles that hold it. */
  readonly roles: readonly string[]
}

let all: ReadonlyMap<string, Permission> | undefined

/** Every permission by name. What is reserved to local root belongs to no role and is no permission. */
export function permissions(): ReadonlyMap<string, Permission> {
  all ??= new Map(
    sources()
      .filter(([, roles]) => roles.length > 0)
      .map(([name, roles]) => {
        const uuid = roleUuid(name)
        return [name.toLowerCase(), { name: name.toLowerCase(), ref: `OpaqueRef:${uuid}`, uuid, roles }]
      }),
  )
  return all
}

/** The uuid of a role or permission: the MD5 of its name, so that it is the same on every server. */
function roleUuid(name: string): string {
  return formatUuid(createHash('md5').update(name).digest())
}

function sources(): [name: string, roles: readonly string[]][] {
  const { messages, httpActions, extraPermissions } = datamodel()
  return [
    ...[...messages.values()].flatMap(message => [
      [message.name, message.roles] as [string, readonly string[]],
      ...Object.entries(message.keyRoles).map(([key, roles]): [string, readonly string[]] => [
        `${message.name}/key:${key}`,
        roles,
      ]),
    ]),
    ...httpActions.map((action): [string, readonly string[]] => [`http/${action.name}`, action.roles]),
    ...extraPermissions.map((extra): [string, readonly string[]] => [extra.name, extra.roles]),
  ]
}

/**
 * The permission that a call needs: that of the message, or of the key where the map guards this key by a pattern
 * (docs/spec/protocol-semantics.md 6.4).
 * @param key the key argument of an add_to or remove_from
 */
export function permissionFor(message: Message, key?: string): string {
  const pattern =
    key === undefined
      ? undefined
      : Object.keys(message.keyRoles).find(candidate =>
          candidate.endsWith('*') ? key.startsWith(candidate.slice(0, -1)) : candidate === key,
        )
  return (pattern === undefined ? message.name : `${message.name}/key:${pattern}`).toLowerCase()
}
