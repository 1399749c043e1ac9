import { ownOptions, PROGRAM, sharedOptions, spelled } from '../src/cli/index.ts'
import { allCommands, type Description } from '../src/commands/index.ts'
import { environment, exitStatus, files } from './common-sections.ts'
import { environmentPage } from './environment-page.ts'
import { fieldNote, filterNote, noteOn } from './parameter-notes.ts'
import { bold, item, page, paragraph, placeholder, plain, section, typed } from './roff.ts'

/** The manual, by file name: a page for the program, one for what is around it, and one for each command. */
export async function manPages(): Promise<ReadonlyMap<string, string>> {
  const commands = await allCommands()
  const family = ({ name }: Description): readonly Description[] =>
    commands.filter(other => other.name.split('-', 1)[0] === name.split('-', 1)[0])
  return new Map([
    [`${PROGRAM}.1`, programPage(commands)],
    [`${PROGRAM}-environment.7`, environmentPage()],
    ...commands.map(command => [`${PROGRAM}-${command.name}.1`, commandPage(command, family(command))] as const),
  ])
}

function programPage(commands: readonly Description[]): string {
  const options = [...sharedOptions, ...ownOptions.map(option => ({ ...option, spelled: spelled(option) }))]
  return page(
    PROGRAM,
    "xe's tunnel and networking commands for XenServer and XCP-ng",
    section(
      'SYNOPSIS',
      `${bold(PROGRAM)} ${placeholder('COMMAND')} [${placeholder('OPTION')} ...] [${placeholder('PARAMETER')}=${placeholder('VALUE')} ...]`,
    ),
    section(
      'DESCRIPTION',
      plain('Runs one command on a host, as xe would, over XenAPI. Nothing has to be installed on the host.'),
      paragraph(
        plain(
          'Settings come from ~/.xe, XE_EXTRA_ARGS, the command line and the password file; later ones override earlier ones.',
        ),
      ),
    ),
    section('OPTIONS', ...options.map(option => item(bold(option.spelled), `${sentence(option.description)}`))),
    section(
      'COMMANDS',
      ...commands.filter(command => !command.hidden).map(command => item(bold(command.name), command.description)),
      item(bold('help'), 'List the commands, or explain those named. No host is needed.'),
    ),
    section(
      'OUTPUT',
      plain(
        'A record prints as one line for each field, the name and a marker left of a colon, and two empty lines behind it.',
      ),
      paragraph(
        plain(
          '--minimal prints one line: the first field of each record, or each value, between commas. A comma or a backslash in a value has a backslash before it.',
        ),
      ),
      paragraph(
        plain(
          '--output=table prints a table for people, --output=json, yaml and csv print data for programs: docs/output.md says in which shape, and schema/output-v1.json states it.',
        ),
      ),
      paragraph(
        plain(
          'Messages about failures go to standard error, as JSON with --output=json. On a terminal a last line says what to do next.',
        ),
      ),
    ),
    exitStatus(),
    section(
      'EXAMPLES',
      typed(
        `${PROGRAM} -s fake: tunnel-list`,
        `${PROGRAM} -s host.example -u root -pwf ~/.xe-password pif-list params=uuid,device,IP`,
        `${PROGRAM} tunnel-create pif-uuid=UUID network-uuid=UUID protocol=vxlan`,
      ),
    ),
    environment,
    files,
    seeAlso(commands.filter(command => !command.hidden).map(command => command.name)),
  )
}

function commandPage(command: Description, family: readonly Description[]): string {
  const { name, required, optional, words: free, description, prints, examples = [], formats = [] } = command
  const words = [
    ...required.map(parameter => `${plain(parameter)}=...`),
    ...(optional.length > 0 ? ['[...]'] : []),
    ...(free === undefined ? [] : [plain(free)]),
  ]
  return page(
    `${PROGRAM}-${name}`,
    description.replace(/\.$/, ''),
    section('SYNOPSIS', [bold(`${PROGRAM} ${name}`), ...words].join(' ')),
    section('DESCRIPTION', plain(description)),
    section('PARAMETERS', ...parameterItems(command)),
    section(
      'OUTPUT',
      plain(prints ?? 'Nothing.'),
      ...(formats.length > 0 ? [paragraph(plain(`--output knows ${formats.join(' and ')} as well.`))] : []),
    ),
    exitStatus(command),
    section('EXAMPLES', typed(...examples.map(example => `${PROGRAM} ${example}`))),
    environment,
    files,
    seeAlso(family.map(other => other.name).filter(other => other !== name)),
  )
}

function parameterItems({ name, required, optional }: Description): readonly string[] {
  const isFilter = (parameter: string): boolean =>
    name.endsWith('-list') && !required.includes(parameter) && parameter !== 'params' && parameter !== 'database:'
  const isField = (parameter: string): boolean => name.endsWith('-param-set') && !required.includes(parameter)
  const items = [...required, ...optional]
    .filter(parameter => !isFilter(parameter) && !isField(parameter))
    .map(parameter => {
      const note = noteOn(name, parameter)
      if (note === undefined) throw new Error(`no note about the parameter ${parameter} of ${name}`)
      return item(`${bold(parameter)}${required.includes(parameter) ? ' (required)' : ''}`, note)
    })
  const several = [
    [optional.filter(isFilter), filterNote],
    [optional.filter(isField), fieldNote],
  ] as const
  return [
    ...items,
    ...several.flatMap(([names, note]) => (names.length > 0 ? [item(names.map(bold).join(', '), note)] : [])),
  ]
}

function seeAlso(names: readonly string[]): string {
  return section(
    'SEE ALSO',
    [
      ...[PROGRAM, ...names.map(name => `${PROGRAM}-${name}`)].map(name => `${bold(name)}(1)`),
      `${bold(`${PROGRAM}-environment`)}(7)`,
    ].join(', '),
  )
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
