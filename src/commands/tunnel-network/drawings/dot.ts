import { colours, type Drawing } from './drawing.ts'

const styles = { up: 'bold', down: 'dashed', broken: 'dashed' } as const

/** A graph for Graphviz: a cluster for each host with its bridge and its PIF, and an edge to what connects them. */
export function dot({ title, traits, count, hosts, others }: Drawing): string {
  const clusters = hosts.flatMap(({ name, bridge, isPlugged, tunnel, transport, state, label }, at) => [
    `  subgraph cluster_${at} {`,
    `    label=${quoted(name)};`,
    `    bridge_${at} [label=${quoted(bridge)}${isPlugged ? '' : ', style=dashed'}];`,
    `    pif_${at} [label=${quoted(transport)}];`,
    `    bridge_${at} -- pif_${at} [label=${quoted(tunnel)}];`,
    '  }',
    `  pif_${at} -- links [label=${quoted(label)}, style=${styles[state]}, color="${colours[state]}", fontcolor="${colours[state]}"];`,
  ])
  const rest = others.flatMap((name, at) => [
    `  subgraph cluster_other_${at} {`,
    `    label=${quoted(name)};`,
    `    other_${at} [label="no tunnel", shape=plaintext];`,
    '  }',
  ])
  return [
    `graph ${quoted(title)} {`,
    `  graph [label=${quoted(`${title}\n${traits}; ${count}`)}, labelloc=t, rankdir=LR, fontname="sans-serif"];`,
    '  node [shape=box, fontname="sans-serif"];',
    '  edge [fontname="sans-serif"];',
    `  links [shape=ellipse, label=${quoted(count)}];`,
    ...clusters,
    ...rest,
    '}',
  ].join('\n')
}

/** A string of the language. In labels a backslash means something, so each is doubled, but for the line breaks that are ours. */
function quoted(text: string): string {
  const escaped = text.replace(/\\/g, '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `"${escaped.replace(/\p{Surrogate}/gu, '\ufffd')}"`
}
