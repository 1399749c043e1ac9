import { colours, type Drawing } from './drawing.ts'

const [WIDTH, HEAD, ROW, MARGIN] = [880, 84, 56, 20]
/** Left edges and widths of the boxes, and where the line is that all links lead to. */
const [HOST, BRIDGE, PIF, TRUNK] = [
  { x: MARGIN, width: 360 },
  { x: 180, width: 84 },
  { x: 322, width: 190 },
  600,
] as const

/** A picture for documents: a box for each host with its bridge and its PIF, and a line to the others as it is. */
export function svg({ title, traits, count, hosts, others }: Drawing): string {
  const height = HEAD + ROW * hosts.length + (others.length > 0 ? 36 : 12)
  const middle = (at: number) => HEAD + ROW * at + ROW / 2 - 6
  const rows = hosts.flatMap(({ name, bridge, isPlugged, tunnel, transport, state, label }, at) => {
    const y = middle(at)
    const dash = { up: '', down: ' stroke-dasharray="3 5"', broken: ' stroke-dasharray="10 4"' }[state]
    return [
      `<rect x="${HOST.x}" y="${y - 22}" width="${PIF.x + PIF.width + 10 - HOST.x}" height="44" rx="4" fill="#f6f8fa" stroke="#57606a"/>`,
      text(HOST.x + 10, y + 5, name, { most: 18, bold: true }),
      box(BRIDGE, y, isPlugged ? 'fill="#ddf4ff"' : 'fill="#ffffff" stroke-dasharray="4 3"'),
      text(BRIDGE.x + 8, y + 5, bridge, { most: 10 }),
      `<path d="M${BRIDGE.x + BRIDGE.width} ${y}H${PIF.x}" stroke="#57606a"/>`,
      text(BRIDGE.x + BRIDGE.width + 4, y - 4, tunnel, { most: 9, size: 10 }),
      box(PIF, y, 'fill="#ffffff"'),
      text(PIF.x + 8, y + 5, transport, { most: 26 }),
      `<path d="M${PIF.x + PIF.width} ${y}H${TRUNK}" stroke="${colours[state]}" stroke-width="3"${dash}/>`,
      ...(state === 'broken' ? [cross((PIF.x + PIF.width + TRUNK) / 2, y, colours.broken)] : []),
      text(TRUNK + 14, y + 5, label, { most: 32, fill: colours[state] }),
    ]
  })
  const trunk = `<path d="M${TRUNK} ${middle(0) - 12}V${middle(hosts.length - 1) + 12}" stroke="#24292f" stroke-width="5" stroke-linecap="round"/>`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="sans-serif" font-size="13">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(`${traits}; ${count}`)}</desc>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(MARGIN, 32, title, { most: 70, bold: true, size: 18 }),
    text(MARGIN, 56, `${traits}; ${count}`, { most: 110, fill: '#57606a' }),
    ...rows,
    ...(hosts.length > 0 ? [trunk] : []),
    ...(others.length > 0
      ? [text(MARGIN, height - 14, `No tunnel: ${others.join(', ')}`, { most: 110, fill: '#57606a' })]
      : []),
    '</svg>',
  ].join('\n')
}

function box({ x, width }: { readonly x: number; readonly width: number }, y: number, look: string): string {
  return `<rect x="${x}" y="${y - 14}" width="${width}" height="28" rx="3" ${look} stroke="#57606a"/>`
}

const cross = (x: number, y: number, colour: string): string =>
  `<path d="M${x - 7} ${y - 7}l14 14m0 -14l-14 14" stroke="${colour}" stroke-width="3"/>`

interface Look {
  /** How many characters there is room for; what is longer is whole in a tooltip. */
  readonly most: number
  readonly bold?: boolean
  readonly size?: number
  readonly fill?: string
}

function text(x: number, y: number, content: string, { most, bold = false, size, fill }: Look): string {
  const characters = [...content]
  const isLong = characters.length > most
  const shown = isLong ? `${characters.slice(0, most - 1).join('')}…` : content
  const look = [
    ...(bold ? [' font-weight="bold"'] : []),
    ...(size === undefined ? [] : [` font-size="${size}"`]),
    ...(fill === undefined ? [] : [` fill="${fill}"`]),
  ].join('')
  return `<text x="${x}" y="${y}"${look}>${isLong ? `<title>${escaped(content)}</title>` : ''}${escaped(shown)}</text>`
}

const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
])

/** Text for XML, which has no place for lone surrogates and two other characters. */
function escaped(content: string): string {
  return content
    .replace(/[\p{Surrogate}\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"]/g, character => entities.get(character) ?? character)
}
