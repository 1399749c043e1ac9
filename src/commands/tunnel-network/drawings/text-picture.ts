import { visible } from '../findings.ts'
import { countOf, type Link, type LinkState, type TunnelNetwork, traitsOf, transportOf } from '../links.ts'
import { cut, padded, widthOf } from './cells.ts'

/** How wide the picture is at most, in columns. */
const WIDTH = 80

const wires: Readonly<Record<LinkState, string>> = { up: '=====', down: '. . .', broken: '==x ' }

/** What the signs mean, those that the picture has. */
const signs: readonly (readonly [sign: string, meaning: string])[] = [
  ['=====+', 'up'],
  ['. . .+', 'down'],
  ['==x  +', 'broken'],
  ['(bridge)', 'unplugged'],
]

/** A tunnel network as lines of text: what it is, then a line for each host, from its bridge over its PIF to the others. */
export function textPicture(network: TunnelNetwork): readonly string[] {
  const { nameLabel, uuid, links, others } = network
  const rows = links.map(link => rowOf(network, link))
  const [bridge, transport, state] = [
    widest(rows.map(row => row.bridge)),
    Math.min(widest(rows.map(row => row.transport)), 32),
    widest(rows.map(row => row.state)),
  ]
  // Host names get what is left, as far as that says something.
  const wanted = widest([...rows.map(row => row.host), ...others.map(host => visible(host.nameLabel))])
  const host = Math.max(8, Math.min(wanted, WIDTH - (bridge + transport + state + 14)))
  const line = (row: Row): string =>
    [
      `  ${padded(row.host, host)}  ${padded(row.bridge, bridge)}--${padded(row.transport, transport)}`,
      `${row.wire.padEnd(5)}+  ${row.state}`,
    ].join('')
  const drawn = rows.map(line)
  return [
    cut(visible(nameLabel), WIDTH),
    `uuid ${uuid}`,
    cut(visible(`${traitsOf(network)}; ${countOf(network)}`), WIDTH),
    '',
    ...drawn.map(text => cut(text, WIDTH)),
    ...others.map(({ nameLabel: name }) => `  ${padded(visible(name), host)}  no tunnel`),
    ...reasonsBeyond(links, drawn),
    '',
    `  ${legend(drawn)}`,
  ]
}

interface Row {
  readonly host: string
  readonly bridge: string
  readonly transport: string
  readonly wire: string
  readonly state: string
}

function rowOf({ bridge }: TunnelNetwork, link: Link): Row {
  const { host, isLive, accessPif, state, error } = link
  const unplugged = accessPif.isAttached ? '' : ' (unplugged)'
  const offline = isLive ? '' : ' (host is not live)'
  return {
    host: visible(host.nameLabel),
    bridge: accessPif.isAttached ? `[${visible(bridge)}]` : `(${visible(bridge)})`,
    transport: `[${visible(transportOf(link) ?? 'no PIF')}]`,
    wire: wires[state],
    state: `${error === undefined ? state : `broken: ${visible(error)}`}${offline || unplugged}`,
  }
}

/** Why links are broken, where a line has no room for all of it. */
function reasonsBeyond(links: readonly Link[], drawn: readonly string[]): readonly string[] {
  return links.flatMap(({ host, error }, at) =>
    error === undefined || widthOf(drawn[at] ?? '') <= WIDTH
      ? []
      : wrapped(`${visible(host.nameLabel)}: ${visible(error)}`),
  )
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = []
  let line = ' '
  for (const word of text.split(' ').flatMap(pieces)) {
    if (line.trim() !== '' && widthOf(line) + 1 + widthOf(word) > WIDTH) {
      lines.push(line)
      line = '   '
    }
    line += ` ${word}`
  }
  return ['', ...lines, line]
}

/** A word that is longer than a line, in parts. */
const pieces = (word: string): readonly string[] => word.match(/.{1,70}/gsu) ?? [word]

function legend(drawn: readonly string[]): string {
  const used = signs.filter(([sign, meaning]) =>
    meaning === 'unplugged'
      ? drawn.some(line => line.includes('(unplugged)'))
      : drawn.some(line => line.includes(sign)),
  )
  return used.map(([sign, meaning]) => `${sign} ${meaning}`).join('   ')
}

const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(widthOf))
