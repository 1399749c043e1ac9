import { once } from 'node:events'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { newFolder } from '../fake-host/folder.ts'
import { program, run, start } from './program.ts'

describe('fake-host-exec', () => {
  it('leaves the words behind -- to the program', async () => {
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))'
    const words = ['-s', 'nowhere', '-pw', 'x', 'port=no-number', '--minimal', '--', 'a,b', '']
    expect(
      await run('-u', 'ann', 'fake-host-exec', 'seed=1', '--', process.execPath, '-e', script, '--', ...words),
    ).toEqual({
      status: 0,
      stdout: `${JSON.stringify(words)}\n`,
      stderr: '',
    })
  })

  it('leads this program to the pool, and ends with its status', async () => {
    const list = await run('fake-host-exec', 'hosts=3', '--', ...program, 'host-list', 'params=name-label', '--minimal')
    expect(list.stdout.trim().split(',').sort()).toEqual(['host1', 'host2', 'host3'])
    expect(list).toMatchObject({ status: 0, stderr: '' })
    expect(await run('fake-host-exec', '--', ...program, 'tunnel-nonsense')).toMatchObject({ status: 1 })
  })

  it('passes a signal on', async () => {
    const child = start('fake-host-exec', '--', process.execPath, '-e', 'console.log(1); setInterval(() => {}, 1000)')
    await once(child.stdout, 'data')
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([143, null])
  })

  it('asks for a program', async () => {
    expect(await run('fake-host-exec')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'fake-host-exec: a program to run is needed behind --\n',
    })
  })
})

describe('fake-host-save', () => {
  it('writes a whole file for its owner alone, in the place of another', async () => {
    const folder = await newFolder()
    const path = join(folder, 'pool.json')
    for (let i = 0; i < 2; i++) {
      expect(await run('fake-host-exec', '--', ...program, 'fake-host-save', `file=${path}`)).toEqual({
        status: 0,
        stdout: '',
        stderr: '',
      })
    }
    expect(await readdir(folder)).toEqual(['pool.json'])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path, 'utf8')).toMatch(/^\{"format":"xe-tunnel-snapshot\/1"/)
  })

  it('leaves nothing behind where it cannot write', async () => {
    const folder = await newFolder()
    const result = await run('fake-host-exec', '--', ...program, 'fake-host-save', `file=${folder}`)
    expect(result).toMatchObject({ status: 1, stderr: expect.stringContaining('cannot be written') })
    expect(await readdir(folder)).toEqual([])
    expect((await readdir(join(folder, '..'))).filter(name => name.startsWith(`${basename(folder)}.`))).toEqual([])
  })
})
