import { expect, test } from 'vitest'
import { createQueue } from '../../../src/fake-host/network/queue.ts'

test('tasks run one after the other, in the order in which they came', async () => {
  const run = createQueue()
  const log: string[] = []
  let finishFirst = (): void => {}
  const first = run(async () => {
    log.push('first starts')
    await new Promise<void>(resolve => {
      finishFirst = resolve
    })
    log.push('first ends')
  })
  const second = run(async () => {
    log.push('second')
    return 2
  })
  await Promise.resolve()
  expect(log).toEqual(['first starts'])
  finishFirst()
  expect(await second).toBe(2)
  await first
  expect(log).toEqual(['first starts', 'first ends', 'second'])
})

test('a failure reaches its caller and nobody behind it', async () => {
  const run = createQueue()
  const failing = run(async () => {
    throw new Error('no')
  })
  const next = run(async () => 'yes')
  await expect(failing).rejects.toThrow('no')
  expect(await next).toBe('yes')
})
