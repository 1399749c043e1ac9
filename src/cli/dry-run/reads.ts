/** Messages that change nothing although their names do not say so: they open another database for reading, or ask what there is. */
const others = new Set([
  'session.create_from_db_file',
  'VDI.open_database',
  'session.logout',
  'event.from',
  'system.listMethods',
])

/** Whether a call leaves the pool as it is, so that it may be made although nothing is to be changed. */
export function isRead(method: string): boolean {
  return others.has(method) || /\.(get|query|compute|assert|list|retrieve)(_|$)/.test(method)
}
