import type { Command, Description, ExitStatus } from './command.ts'

const done: ExitStatus = {
  status: '0',
  meaning: 'The command did what it was asked; or the usage text was wanted, or the port was not a number.',
}

const refused: ExitStatus = {
  status: '1',
  meaning: 'Anything else: the host refused, could not be reached or was not trusted, or the command line was wrong.',
}

const stopped: ExitStatus = {
  status: '130, 143',
  meaning: 'Ended by SIGINT or SIGTERM. The session is closed first; a second signal does not wait for that.',
}

/** The exit statuses of a command, and what each says. Without a command: of those that have none of their own. */
export function exitStatuses(command?: Command | Description): readonly ExitStatus[] {
  return command?.statuses ?? [done, refused, stopped]
}
