import type { Command } from '../command.ts'
import { create } from './create.ts'
import { destroy } from './destroy.ts'
import { list } from './list.ts'
import { show } from './show.ts'

/** Networks that span hosts, each with its tunnels as one thing. */
export const tunnelNetworkCommands: readonly Command[] = [create, destroy, list, show]
