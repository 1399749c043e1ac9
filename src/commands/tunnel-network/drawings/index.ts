import type { TunnelNetwork } from '../links.ts'
import { dot } from './dot.ts'
import { drawingOf } from './drawing.ts'
import { svg } from './svg.ts'

export { recordOf } from './record.ts'
export { textPicture } from './text-picture.ts'

// Loaded when a network is to be shown: no other command needs it.

/** Drawings for documents, by the form. */
export const drawings: Readonly<Record<'svg' | 'dot', (network: TunnelNetwork) => string>> = {
  svg: network => svg(drawingOf(network)),
  dot: network => dot(drawingOf(network)),
}
