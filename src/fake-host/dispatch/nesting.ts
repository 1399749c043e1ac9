import type { RpcValue } from './call.ts'

type Leaf = Exclude<RpcValue, readonly RpcValue[] | ReadonlyMap<string, RpcValue>>

/** What is in a value besides arrays and structs, names of members included; nesting costs no stack. */
export function* leaves(value: RpcValue): Iterable<Leaf> {
  const unread: RpcValue[] = [value]
  for (let item = unread.pop(); item !== undefined; item = unread.pop()) {
    if (Array.isArray(item)) {
      for (const inner of item) unread.push(inner)
    } else if (item instanceof Map) {
      for (const [name, inner] of item as ReadonlyMap<string, RpcValue>) unread.push(name, inner) // the only kind of Map in one
    } else {
      yield item as Leaf // what is left
    }
  }
}

/** A value down to so many levels, with an ellipsis in place of what is nested deeper: for those who go through it by recursion. */
export function cutOff(value: RpcValue, levels: number): RpcValue {
  if (Array.isArray(value)) return levels > 0 ? value.map(item => cutOff(item as RpcValue, levels - 1)) : '…' // what an array holds
  if (!(value instanceof Map)) return value
  const members = [...(value as ReadonlyMap<string, RpcValue>)] // the only kind of Map in one
  return levels > 0 ? new Map(members.map(([name, item]) => [name, cutOff(item, levels - 1)])) : '…'
}
