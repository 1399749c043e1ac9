import { describe, expect, it, onTestFinished, test } from 'vitest'
import { allCommands } from '../../../src/commands/index.ts'
import { type FakeHost, startFakeHost } from '../../../src/fake-host/index.ts'
import { memoryTransport, TransportError } from '../../../src/xapi/index.ts'
import { run, type Surroundings } from '../terminal.ts'

const commands = await allCommands()

/** What stands before the description on each line. */
const words = (stdout: string) => stdout.split('\n').slice(0, -1).map(line => line.split('\t')[0]) // biome-ignore format: a chain

async function complete(line: readonly string[], surroundings: Surroundings = {}) {
  const { status, stdout, stderr } = await run(['__complete', 'fish', 'xe-tunnel', ...line], surroundings)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return words(stdout)
}

async function pool(): Promise<{ fake: FakeHost; surroundings: Surroundings; kept: Map<string, string> }> {
  const fake = await startFakeHost({ listen: false, seed: 1 })
  onTestFinished(async () => void (await fake.stop()))
  const kept = new Map<string, string>()
  return {
    fake,
    kept,
    surroundings: {
      open: async () => memoryTransport((method, params) => fake.dispatch({ method, params, origin: 'tcp' })),
      variables: { HOME: '/nowhere', XE_EXTRA_ARGS: 'username=root,password=pw' },
      cache: { read: key => kept.get(key), write: (key, text) => void kept.set(key, text) },
    },
  }
}

describe('every command', () => {
  test.each(commands)('$name is completed, where it is not hidden', async ({ name, hidden }) => {
    expect((await complete([name])).includes(name)).toBe(hidden !== true)
    expect((await complete(['help', name])).includes(name)).toBe(hidden !== true)
  })

  test.each(commands.filter(({ required, optional }) => required.length + optional.length > 0))(
    '$name has all of its parameters completed, those required first',
    async ({ name, required, optional }) => {
      const offered = await complete([name, ''])
      const spelled = [...required, ...optional].map(parameter =>
        /[:-]$/.test(parameter) ? parameter : `${parameter}=`,
      )
      expect(offered.filter(word => spelled.includes(word ?? ''))).toEqual(spelled)
      for (const word of spelled) expect(await complete([name, word.slice(0, -1)])).toContain(word)
    },
  )

  const choosing = commands.flatMap(({ name, choices = {} }) =>
    Object.entries(choices).map(([parameter, values]) => ({ name, parameter, values })),
  )
  const offered = choosing.filter(({ name, parameter }) => {
    const command = commands.find(each => each.name === name)
    return [...(command?.required ?? []), ...(command?.optional ?? [])].includes(parameter)
  })

  test.each(offered)('$name has the values of $parameter completed', async ({ name, parameter, values }) => {
    expect(await complete([name, `${parameter}=`])).toEqual(values.map(value => `${parameter}=${value}`))
  })
})

describe('what is typed already', () => {
  it('is not offered again, except for keys of maps', async () => {
    expect(await complete(['tunnel-create', 'network-uuid=x', ''])).toEqual(['pif-uuid=', 'protocol='])
    expect(await complete(['network-param-set', 'uuid=x', 'other-config:a=1', 'other'])).toContain('other-config:')
  })

  it('may be options, wherever they stand', async () => {
    const line = ['-s', 'tunnel-list', '--debug', 'tunnel-create', '-u', 'root', 'pif-uuid=x', '--output=json', 'n']
    expect(await complete(line)).toEqual(['network-uuid='])
    expect(await complete(['-s', ''])).toEqual([])
    expect(await complete(['tunnel-list', '--minim'])).toEqual(['--minimal'])
    expect(await complete(['tunnel-list', '--output=y'])).toEqual(['--output=yaml'])
    expect(await complete(['tunnel-network-show', '--output=s'])).toEqual(['--output=svg'])
    expect(await complete(['batch', '--keep'])).toEqual(['--keep-going'])
  })

  it('may be part of a list', async () => {
    expect(await complete(['pif-list', 'params=uuid,devi'])).toContain('params=uuid,device')
    expect(await complete(['pif-list', 'params=uuid,uui'])).toEqual([])
  })

  it('may be nothing that exists', async () => {
    expect(await complete(['tunnel-nonsense', ''])).toEqual([])
    expect(await complete(['tunnel-create', 'colour='])).toEqual([])
    expect(await complete(['tunnel-create', '--colour='])).toEqual([])
  })

  it('may be a call of the API', async () => {
    expect(await complete(['api-call', 'tunn'])).toEqual(['tunnel.'])
    expect(await complete(['api-call', 'tunnel.cr'])).toEqual(['tunnel.create'])
    expect(await complete(['api-call', 'tunnel.create', ''])).toEqual(['transport_PIF=', 'network=', 'protocol='])
    expect(await complete(['api-call', 'tunnel.create', 'protocol=v'])).toEqual(['protocol=vxlan'])
    expect(await complete(['api-call', 'session.login_with'])).toEqual([])
  })

  it('may be what stands without a name', async () => {
    expect(await complete(['completion', 'z'])).toEqual(['zsh'])
    expect(await complete(['explain', 'TRANSPORT_PIF'])).toEqual(['TRANSPORT_PIF_NOT_CONFIGURED'])
  })
})

describe('objects of the pool', () => {
  it('are offered by their uuids, with what people call them beside those', async () => {
    const { fake, surroundings } = await pool()
    const { stdout } = await run(['__complete', 'zsh', 'xe-tunnel', 'tunnel-create', 'pif-uuid='], surroundings)
    const pifs = fake.db.refs('PIF').map(ref => `pif-uuid=${fake.db.get('PIF', ref, 'uuid')}`)
    expect(words(stdout).sort()).toEqual(pifs.sort())
    for (const line of stdout.trimEnd().split('\n')) expect(line).toMatch(/\teth\d .* host\d$/)
  })

  it.each([
    ['network-destroy', 'uuid', 'network'],
    ['tunnel-create', 'network-uuid', 'network'],
    ['pif-scan', 'host-uuid', 'host'],
    ['vif-create', 'vm-uuid', 'VM'],
    ['pool-param-get', 'uuid', 'pool'],
    ['network-sriov-create', 'pif-uuid', 'PIF'],
  ] as const)('of %s, behind %s=, are those of the class %s', async (command, parameter, cls) => {
    const { fake, surroundings } = await pool()
    const uuids = fake.db.refs(cls).map(ref => `${parameter}=${fake.db.get(cls, ref, 'uuid')}`)
    expect((await complete([command, `${parameter}=`], surroundings)).sort()).toEqual(uuids.sort())
  })

  it('are offered between commas', async () => {
    const { fake, surroundings } = await pool()
    const [first = '', second = ''] = fake.db.refs('PIF').map(ref => fake.db.get('PIF', ref, 'uuid'))
    const offered = await complete(['bond-create', `pif-uuids=${first},`], surroundings)
    expect(offered).toContain(`pif-uuids=${first},${second}`)
    expect(offered).not.toContain(`pif-uuids=${first},${first}`)
  })

  it('have their values offered to the filters of a list, and their keys to param-key', async () => {
    const { fake, surroundings } = await pool()
    expect((await complete(['host-list', 'name-label=h'], surroundings)).sort()).toEqual([
      'name-label=host1',
      'name-label=host2',
    ])
    const network = fake.db.create('network', { bridge: 'b', other_config: new Map([['one', '1'], ['two', '2']]) }) // biome-ignore format: a map
    const uuid = `uuid=${fake.db.get('network', network, 'uuid')}`
    const offered = await complete(
      ['network-param-remove', uuid, 'param-name=other-config', 'param-key='],
      surroundings,
    )
    expect(offered.sort()).toEqual(['param-key=one', 'param-key=two'])
  })

  it('are asked for once, and kept for some seconds', async () => {
    const { fake, surroundings, kept } = await pool()
    const first = await complete(['tunnel-create', 'network-uuid='], surroundings)
    const calls = fake.calls.length
    expect(await complete(['tunnel-create', 'network-uuid='], surroundings)).toEqual(first)
    expect(fake.calls).toHaveLength(calls)
    expect(fake.calls.filter(({ method }) => method.startsWith('session.')).map(({ method }) => method)).toEqual([
      'session.login_with_password',
      'session.logout',
    ])
    expect([...kept.keys()].join()).not.toContain('pw')
  })

  it('are nothing where the host cannot be had, and nobody is asked or told anything', async () => {
    const open = async () => {
      throw new TransportError('refused', 'nobody there')
    }
    const ask = async () => {
      throw new Error('nobody is to be asked')
    }
    expect(await complete(['tunnel-create', 'pif-uuid='], { open, ask })).toEqual([])
    expect(await complete(['tunnel-create', 'pif-uuid='], { variables: { XE_EXTRA_ARGS: 'port=x' }, open })).toEqual([])
  })
})

describe('for bash', () => {
  const bash = async (line: string, breaks = '=:') => {
    const { surroundings, fake } = await pool()
    fake.db.create('network', { name_label: "it's $5 (new)", bridge: 'x' })
    fake.db.create('network', { name_label: 'two\nlines', bridge: 'y' })
    return words((await run(['__complete', 'bash', breaks, line], surroundings)).stdout)
  }

  it.each([
    ['xe-tunnel tunnel-des', ['tunnel-destroy ']],
    ['xe-tunnel tunnel-create p', ['pif-uuid=', 'protocol=']],
    ['xe-tunnel tunnel-create protocol=v', ['vxlan ']],
    ['xe-tunnel tunnel-create protocol="v', ['vxlan']],
    ['xe-tunnel network-list name-label=it', ["it\\'s\\ \\$5\\ \\(new\\) "]],
    ['xe-tunnel network-list name-label="it', ["it's \\$5 (new)"]],
    ["xe-tunnel network-list name-label='it", ["it'\\''s $5 (new)"]],
    ['xe-tunnel network-list name-label=it\\', []],
    ['xe-tunnel network-list name-label=two', []],
    ['xe-tunnel network-param-set uuid=x other-config:a=1 oth', ['other-config:']],
  ])('%s', async (line, offered) => {
    expect(await bash(line)).toEqual(offered)
  })

  it('words that it does not break are given whole', async () => {
    expect(await bash('xe-tunnel tunnel-create protocol=v', ' \t')).toEqual(['protocol=vxlan '])
  })
})

test.each([[[]], [['tcsh', 'a']]])('%j, which no script says, is answered with nothing', async said => {
  expect(await run(['__complete', ...said])).toEqual({ status: 1, stdout: '', stderr: '' })
})

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s, by any name of the program', async shell => {
    const { status, stdout } = await run(['completion', shell, 'program=xe'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/__complete (bash|zsh|fish) /)
    expect(stdout).toMatch(/ xe\b/)
  })

  it.each([[], ['tcsh'], ['bash', 'zsh'], ['bash', 'program=a;b']])('%j is told what is needed', async (...given) => {
    const { status, stdout, stderr } = await run(['completion', ...given.flat()])
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
    expect(stderr).toMatch(/^Error: .*(bash, zsh, fish|no name of a program)\n$/)
  })
})
