import { describe, expect, it } from 'vitest'
import { ownOptions } from '../../src/cli/index.ts'
import { defaults } from '../../src/cli/settings.ts'
import { shownSettings } from '../../src/cli/shown-settings.ts'
import { run, type Surroundings } from './terminal.ts'

/** What `env` says of each setting: its value and its source. */
async function env(words: readonly string[], surroundings: Surroundings = {}): Promise<Record<string, string[]>> {
  const { status, stdout, stderr } = await run(['env', ...words, '--output=json'], surroundings)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const { records } = JSON.parse(stdout) as { records: { setting: string; value: string; from: string }[] }
  return Object.fromEntries(records.map(({ setting, value, from }) => [setting, [value, from]]))
}

const HOME = '/home/joe'

describe('env', () => {
  it('prints a line for each setting, and asks no host', async () => {
    const { status, stdout, stderr } = await run(['env', '-s', 'h'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const [first, second] = stdout.split('\n')
    expect(first).toMatch(/^server {2,}h {2,}command line$/)
    expect(second).toMatch(/^port {2,}443 {2,}default$/)
    expect(stdout).not.toMatch(/undefined|\[object/)
  })

  it('names the source of each: the command line, XE_EXTRA_ARGS, ~/.xe, a variable, a file, or none', async () => {
    const found = await env(['--timeout=5', '-pwf', '/pw'], {
      variables: {
        HOME,
        XE_EXTRA_ARGS: 'port=1,--retries=3',
        XE_TUNNEL_TRUST: 'system',
        TRACEPARENT: '00-1',
        XDG_CONFIG_HOME: '/etc/joe',
      },
      files: { '/home/joe/.xe': 'server=h\nport=2\n', '/pw': 'joe\nsecret\n' },
    })
    expect(found).toMatchObject({
      server: ['h', '~/.xe'],
      port: ['1', 'XE_EXTRA_ARGS'],
      username: ['joe', '/pw'],
      password: ['***', '/pw'],
      passwordfile: ['/pw', 'command line'],
      '--timeout': ['5 s', 'command line'],
      '--retries': ['3', 'XE_EXTRA_ARGS'],
      '--trust': ['system', 'XE_TUNNEL_TRUST'],
      '--ca': ['none', 'default'],
      traceparent: ['00-1', 'TRACEPARENT'],
      'known hosts': ['/etc/joe/xe-tunnel/known_hosts', 'XDG_CONFIG_HOME'],
    })
  })

  it('shows no secret, wherever it comes from', async () => {
    const secret = 'hunter2'
    for (const [words, variable] of [
      [['-pw', secret], ''],
      [[`--password-command=pass show ${secret}`], ''],
      [[`--password-command=PASSWORD=${secret}`], ''],
      [[], `password=${secret}`],
      [[], `session_id=OpaqueRef:${secret}`],
      [[], `other-config:password=${secret}`],
    ] as const) {
      for (const form of [[], ['--output=json'], ['--output=table'], ['--minimal']]) {
        const { status, stdout } = await run(['env', ...words, ...form], {
          variables: { HOME, XE_EXTRA_ARGS: variable },
        })
        expect(status).toBe(0)
        expect(stdout).not.toContain(secret)
      }
    }
  })

  it('runs no password command and reads no password', async () => {
    expect(await env(['--password-file=/none'])).toMatchObject({ '--password-*': ['file /none', 'command line'] })
  })

  it('shows the words that every command gets', async () => {
    expect(await env([], { variables: { HOME, XE_EXTRA_ARGS: 'params=all' } })).toMatchObject({
      word: ['params=all', 'XE_EXTRA_ARGS'],
    })
  })

  it('says at which port a host is looked for', async () => {
    expect((await env([])).port).toEqual(['80', 'default'])
    expect((await env(['-s', 'h', '--nossl'])).port).toEqual(['80', 'default'])
    expect((await env(['-s', 'fake:'])).port).toEqual(['none', 'default'])
  })

  it('knows every setting and every option of ours', () => {
    const all = shownSettings(defaults)
    expect(all.map(({ key }) => key).sort()).toEqual(Object.keys(defaults).sort())
    const names = all.map(({ name }) => name)
    for (const { name } of ownOptions) if (!name.startsWith('--password-')) expect(names).toContain(name)
  })
})
