import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FakeHostError } from '../../../src/fake-host/error.ts'
import { checkFaults } from '../../../src/fake-host/faults/check.ts'
import { readFaults } from '../../../src/fake-host/faults/index.ts'
import { newFolder } from '../folder.ts'

describe('rules about faults', () => {
  it('are taken one by one or as a list', () => {
    const rule = {
      method: 'tunnel.*',
      class: 'PIF',
      ref: 'OpaqueRef:1',
      error: ['HOST_OFFLINE', 'x'],
      delay_ms: 5,
      jitter: 0.5,
    }
    const other = { http: 503, probability: 0.1, skip: 2, max: 3 }
    expect(checkFaults(rule, 'here')).toEqual([rule])
    expect(checkFaults([rule, other], 'here')).toEqual([rule, other])
    expect(checkFaults([], 'here')).toEqual([])
  })

  it.each([
    [{ method: 'Async.*', hang: 'after' }],
    [{ method: 'Async.tunnel.create', reset: true }],
    [{ method: 'system.listMethods', garbage: true }],
    [{ method: '*', truncate: true }],
    [{ method: 'session.*', delay_ms: 0 }],
  ])('may say %j', rule => {
    expect(checkFaults(rule, 'here')).toEqual([rule])
  })

  it.each([
    [{ methods: 'tunnel.create', http: 500 }, 'there is no "methods"'],
    [{ a: 1, b: 2, http: 500 }, 'there is no "a" and no "b"'],
    [{ method: 'tunnel.creat', http: 500 }, 'no method is called "tunnel.creat"'],
    [{ method: 'tunnels.*', http: 500 }, 'no method is called "tunnels.*"'],
    [{ method: 'Async.tunnel.get_all', http: 500 }, 'no method is called "Async.tunnel.get_all"'],
    [{ class: 'Tunnel', http: 500 }, 'no class is called "Tunnel"'],
    [{ http: 500, reset: true }, 'http and reset cannot both happen'],
    [{ error: ['X'], hang: true, garbage: true }, 'error and hang and garbage cannot both happen'],
    [{ method: 'tunnel.create' }, 'it does nothing'],
    [{}, 'it does nothing'],
    [{ http: 500, jitter: 0.5 }, 'jitter is a part of delay_ms, which is missing'],
    [{ http: 200 }, 'http: it is less than 300'],
    [{ http: 600 }, 'http: it is more than 599'],
    [{ http: 500.5 }, 'http: an integer is needed'],
    [{ error: [] }, 'error: it is empty'],
    [{ error: [''] }, 'error begins with a code'],
    [{ error: 'HOST_OFFLINE' }, 'error: a value of type array is needed'],
    [{ error: ['X', 1] }, 'error.1: a value of type string is needed'],
    [{ reset: 'sometimes' }, 'reset: true or "before" or "after" is needed'],
    [{ truncate: false }, 'truncate: true is needed'],
    [{ http: 500, probability: 1.5 }, 'probability: it is more than 1'],
    [{ http: 500, skip: -1 }, 'skip: it is less than 0'],
    [{ http: 500, max: 0 }, 'max: it is less than 1'],
    [{ delay_ms: -1 }, 'delay_ms: it is less than 0'],
    [{ delay_ms: '5' }, 'delay_ms: a value of type number is needed'],
    ['tunnel.create', 'a value of type object is needed'],
    [null, 'a value of type object is needed'],
  ])('may not say %j', (rule, problem) => {
    expect(() => checkFaults(rule, 'here')).toThrow(FakeHostError)
    expect(() => checkFaults(rule, 'here')).toThrow(`here: ${problem}`)
    expect(() => checkFaults([{ http: 500 }, rule], 'here')).toThrow(`here: rule 2: ${problem}`)
  })
})

describe('a file of rules', () => {
  it('is a JSON array', async () => {
    const path = join(await newFolder(), 'faults.json')
    await writeFile(path, '[{"method":"tunnel.create","error":["HOST_OFFLINE","x"],"max":1}]')
    expect(await readFaults(path)).toEqual([{ method: 'tunnel.create', error: ['HOST_OFFLINE', 'x'], max: 1 }])
  })

  it.each([
    ['[{"http":500', 'this is not JSON (line 1, column 13: the text ends too early)'],
    ['[{"http":5}]', 'http: it is less than 300'],
    ['{"http":500,"http":501}', 'this is not JSON (line 1, column 13: this key was there before)'],
  ])('says with its name what is wrong with %s', async (text, problem) => {
    const path = join(await newFolder(), 'faults.json')
    await writeFile(path, text)
    await expect(readFaults(path)).rejects.toThrow(`${path}: ${problem}`)
  })

  it('has to be there', async () => {
    await expect(readFaults('/nowhere/faults.json')).rejects.toThrow('/nowhere/faults.json: no such file')
  })
})
