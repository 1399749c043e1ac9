/**
 * A number below 2^53 that follows from a text alone, the same on every machine and in every release: keys, names of ports and
 * the choice among equals hang on it. Two FNV-1a lanes, the second over the text backwards, each stirred at the end.
 */
export function hash(text: string): number {
  let there = 0x811c9dc5
  let back = 0x9dc5811c
  for (let at = 0, end = text.length - 1; at <= end; at += 1) {
    there = Math.imul(there ^ text.charCodeAt(at), 0x01000193)
    back = Math.imul(back ^ text.charCodeAt(end - at), 0x01000193)
  }
  return (stir(there ^ (back << 7)) & 0x1fffff) * 2 ** 32 + (stir(back) >>> 0)
}

/** Lets every bit weigh on every other one. */
function stir(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d)
  mixed = Math.imul(mixed ^ (mixed >>> 12), 0x297a2d39)
  return mixed ^ (mixed >>> 15)
}
