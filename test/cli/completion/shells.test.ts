import { spawn, spawnSync } from 'node:child_process'
import { readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startFakeHost } from '../../../src/fake-host/index.ts'
import { newFolder } from '../../fake-host/folder.ts'
import { hasPty, onTerminal } from '../pty.ts'

const built = fileURLToPath(new URL('../../../dist/xe-tunnel.js', import.meta.url))
const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0

for (const shell of ['bash', 'zsh', 'fish'])
  if (!has(shell)) process.stderr.write(`${shell} is missing: completion in it is not tried\n`)
if (!hasPty) process.stderr.write('script is missing: completion on a terminal is not tried\n')

/** A pool, and a folder with the program and the script of a shell. */
async function prepared(shell: string) {
  const fake = await startFakeHost({ seed: 2 })
  onTestFinished(async () => void (await fake.stop()))
  fake.db.create('network', { name_label: 'red net', bridge: 'x' })
  const folder = await newFolder()
  await symlink(built, join(folder, 'xe-tunnel'))
  const script = spawnSync(process.execPath, [built, 'completion', shell], { encoding: 'utf8' }).stdout
  await writeFile(join(folder, shell), script)
  const variables = {
    HOME: folder,
    PATH: `${folder}:${process.env.PATH}`,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XE_EXTRA_ARGS: `server=${fake.host},port=${fake.port},username=root,password=pw,nossl=true`,
  }
  return { fake, folder, variables }
}

describe.skipIf(!has('bash') || !hasPty)('an interactive bash', () => {
  /** Types at a bash in which the program prints its words; the keys are followed by Enter. */
  async function typed(keys: string, wait = '') {
    const { fake, folder, variables } = await prepared('bash')
    const shown = 'xe-tunnel() { printf "[%s]" "$@"; echo " done"; }\n'
    const rc = `PS1='ready> '\nbind 'set bell-style none'\nbind 'set enable-bracketed-paste off'\n. ${folder}/bash\n${shown}`
    await writeFile(join(folder, 'rc'), rc)
    const { screen } = await onTerminal(
      `bash --noprofile --rcfile ${folder}/rc -i`,
      [
        ['ready> ', keys],
        [wait, '\r'],
        [' done', 'exit\r'],
      ],
      variables,
    )
    return { screen, fake, folder, words: /\[(.*)\] done/.exec(screen)?.[1]?.split('][') }
  }

  it('completes a command, its parameters and the values of those', { timeout: 60_000 }, async () => {
    const { words } = await typed('xe-tunnel tunnel-cr\tne\tx prot\tvx\t', 'protocol=vxlan')
    expect(words).toEqual(['tunnel-create', 'network-uuid=x', 'protocol=vxlan'])
  })

  it('completes an object by its uuid', { timeout: 60_000 }, async () => {
    const { fake, words, folder } = await typed('xe-tunnel pif-scan host-uuid=\t\t', 'host2')
    expect(words?.[0]).toBe('pif-scan')
    const [host = ''] = fake.db.refs('host')
    const uuid = fake.db.get('host', host, 'uuid')
    const one = await typed(`xe-tunnel pif-scan host-uuid=${uuid.slice(0, 8)}\t`, uuid.slice(8))
    expect(one.words).toEqual(['pif-scan', `host-uuid=${uuid}`])
    const cache = join(folder, 'cache', 'xe-tunnel')
    expect((await stat(cache)).mode & 0o777).toBe(0o700)
    for (const file of await readdir(cache)) expect((await stat(join(cache, file))).mode & 0o777).toBe(0o600)
  })

  it('shows names beside uuids', { timeout: 60_000 }, async () => {
    const { screen } = await typed('xe-tunnel pif-scan host-uuid=\t\t', 'host2')
    expect(screen).toMatch(/[0-9a-f-]{36} +- host1/)
    expect(screen).toMatch(/[0-9a-f-]{36} +- host2/)
  })

  it('quotes what a shell would take apart', { timeout: 60_000 }, async () => {
    const { words } = await typed('xe-tunnel network-list name-label=red\t', '\\ net')
    expect(words).toEqual(['network-list', 'name-label=red net'])
    const quoted = await typed('xe-tunnel network-list name-label="red\t', ' net"')
    expect(quoted.words).toEqual(['network-list', 'name-label=red net'])
  })
})

describe.skipIf(!has('fish'))('fish', () => {
  it('completes', { timeout: 60_000 }, async () => {
    const { folder, variables } = await prepared('fish')
    // Not spawnSync: the pool is in this process.
    const complete = async (line: string) => {
      const child = spawn('fish', ['--no-config', '-c', `source ${folder}/fish; complete -C '${line}'`], {
        env: variables,
      })
      return text(child.stdout)
    }
    expect(await complete('xe-tunnel tunnel-des')).toMatch(/^tunnel-destroy\tRemove a tunnel/)
    expect(await complete('xe-tunnel tunnel-create protocol=v')).toBe('protocol=vxlan\n')
    expect(await complete('xe-tunnel network-list name-label="red')).toBe('name-label=red net\n')
    expect(await complete('xe-tunnel pif-scan host-uuid=')).toMatch(/^host-uuid=[0-9a-f-]{36}\thost\d/)
  })
})

describe.skipIf(!has('zsh') || !hasPty)('an interactive zsh', () => {
  it('completes', { timeout: 60_000 }, async () => {
    const { folder, variables } = await prepared('zsh')
    const rc = `PS1='ready> '\nautoload -Uz compinit; compinit -u -d ${folder}/dump\n. ${folder}/zsh\nxe-tunnel() { printf "[%s]" "$@"; echo " done" }\n`
    await writeFile(join(folder, '.zshrc'), rc)
    const { screen } = await onTerminal(
      'zsh -i',
      [
        ['ready> ', 'xe-tunnel tunnel-cr\tne\tx prot\tvx\t'],
        ['lan', '\r'],
        [' done', 'exit\r'],
      ],
      { ...variables, ZDOTDIR: folder },
    )
    expect(screen).toContain('[tunnel-create][network-uuid=x][protocol=vxlan]')
  })
})
