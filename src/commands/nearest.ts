/**
 * What somebody may have meant by a name that does not exist: the closest of those that do, at most three, the closest first.
 * @param limit how many letters may differ at most, where a long name would be allowed more
 */
export function nearest(
  typed: string,
  known: Iterable<string>,
  limit: number = Number.POSITIVE_INFINITY,
): readonly string[] {
  const wanted = plainForm(typed)
  if (wanted === '') return []
  const most = Math.min(limit, Math.max(1, Math.floor(wanted.length / 4)))
  const found: { readonly name: string; readonly distance: number }[] = []
  for (const name of new Set(known)) {
    const distance = distanceOf(wanted, plainForm(name), most)
    if (distance <= most) found.push({ name, distance })
  }
  found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
  return found.slice(0, 3).map(({ name }) => name)
}

/** Upper and lower case, and what words are joined with, make no difference to who has misremembered a name. */
const plainForm = (text: string): string => text.toLowerCase().replaceAll('_', '-')

/** How many letters have to be added, left out, replaced, or swapped with the next; more than `most` where it is more. */
function distanceOf(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let [before, last] = [Array<number>(b.length + 1).fill(0), Array.from({ length: b.length + 1 }, (_, i) => i)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = isSwap ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(at(last, j) + 1, at(row, j - 1) + 1, replaced, swapped))
    }
    ;[before, last] = [last, row]
  }
  return at(last, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY
