/** What somebody listens to: entries such as `*`, `tunnel`, `PIF/OpaqueRef:...` (docs/spec/protocol-semantics.md 5.2). */
export interface Subscription {
  readonly entries: readonly string[]
  /** @param cls in lower case */
  covers(cls: string, ref: string): boolean
  /** Whether any object of the class could be covered. */
  mentions(cls: string): boolean
}

/** Classes are compared without regard to case; unknown ones match nothing. */
export function subscription(entries: readonly string[]): Subscription {
  let everything = false
  const classes = new Set<string>()
  const objects = new Map<string, Set<string>>()
  for (const entry of entries) {
    const slash = entry.indexOf('/')
    const cls = (slash < 0 ? entry : entry.slice(0, slash)).toLowerCase()
    if (entry === '*') everything = true
    else if (slash < 0) classes.add(cls)
    else objects.set(cls, (objects.get(cls) ?? new Set()).add(entry.slice(slash + 1)))
  }
  return {
    entries,
    mentions: cls => everything || classes.has(cls) || objects.has(cls),
    covers: (cls, ref) => everything || classes.has(cls) || (objects.get(cls)?.has(ref) ?? false),
  }
}
