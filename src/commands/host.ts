import type { Command } from './command.ts'
import { host } from './records/host.ts'
import { recordCommands } from './records/index.ts'

/** docs/spec/xe-cli-semantics.md 4.3. */
export const hostCommands: readonly Command[] = recordCommands(host)
