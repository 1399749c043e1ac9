import type { Command } from '../command.ts'
import { bridgesCommand } from './bridges.ts'
import { reachableCommand } from './reachable.ts'
import { scenarioCommands } from './scenarios.ts'

/** Commands that ask a fake host for what is not in the API. */
export const fakeHostCommands: readonly Command[] = [bridgesCommand, reachableCommand, ...scenarioCommands]
