import { describe, expect, it } from 'vitest'
import { wrapped } from '../../src/cli/help.ts'
import { allCommands } from '../../src/commands/index.ts'
import { run } from './terminal.ts'

/** The short list of the original, as it prints it (docs/spec/xe-cli-semantics.md 2.2). */
const commonList = `    cd-list, diagnostic-vm-status, network-list, snapshot-clone
    snapshot-copy, snapshot-disk-list, snapshot-export-to-template
    snapshot-reset-powerstate, snapshot-revert, snapshot-uninstall, sr-list
    template-export, template-uninstall, vm-cd-add, vm-cd-eject
    vm-cd-insert, vm-cd-list, vm-cd-remove, vm-checkpoint, vm-clone
    vm-compute-maximum-memory, vm-copy, vm-disk-add, vm-disk-list
    vm-disk-remove, vm-export, vm-import, vm-install, vm-list, vm-migrate
    vm-pause, vm-reboot, vm-reset-powerstate, vm-restart-device-models
    vm-resume, vm-shutdown, vm-snapshot, vm-snapshot-with-quiesce, vm-start
    vm-suspend, vm-uninstall, vm-unpause, vm-vif-list`

it('lists are wrapped as in the original', () => {
  expect(wrapped(commonList.trim().split(/,? +|\n +/))).toBe(commonList)
})

describe('help', () => {
  it('needs no host, and begins with how to use the program', async () => {
    const { status, stdout, stderr } = await run(['help'])
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: xe-tunnel COMMAND/)
    expect(stdout).toMatch(
      /help --all.*\n\nCommon command list\n-------------------\n\n {4}network-list, vm-vif-list\n$/s,
    )
    expect(stdout).not.toContain('--minimal')
    expect(stdout).not.toMatch(/--trace\b(?!parent)/)
  })

  it('lists every command that is not hidden, hosts first, with --all', async () => {
    const { stdout } = await run(['help', '--all'])
    const list = stdout.slice(stdout.indexOf('Full command list'))
    expect(list).toMatch(/^Full command list\n-----------------\n\n {4}host-list, /)
    expect(list).toMatch(/\n {4}\n {4}vm-list, vm-vif-list\n {4}\n {4}api-call, /)
    const visible = (await allCommands()).filter(command => !command.hidden).map(command => command.name)
    expect(
      list
        .split('\n\n')[1]
        ?.match(/[a-z][a-z0-9-]*/g)
        ?.sort(),
    ).toEqual(visible)
    expect(list).not.toContain('network-attach')
    expect(list).not.toContain('pif-db-forget')
  })

  it('takes only the word true for --all', async () => {
    expect((await run(['help', 'all=yes'])).stdout).toContain('Common command list')
    expect((await run(['help', 'all=true'])).stdout).toContain('Full command list')
  })

  it('prints names only with --minimal', async () => {
    expect((await run(['help', '--minimal'])).stdout).toBe('network-list,vm-vif-list\n')
    const { stdout } = await run(['help', '--minimal', '--all'])
    expect(stdout).toMatch(/^api-call,[^\n]*,bond-create,bond-destroy,[^\n]*,vm-vif-list\n$/)
  })

  it('prints the names asked for in reverse with --minimal', async () => {
    expect((await run(['help', 'pif-plug', 'nope', 'tunnel-list', '--minimal'])).stdout).toBe(
      "tunnel-list,Unknown command 'nope',pif-plug\n",
    )
  })

  it('explains hidden commands that are asked for by name', async () => {
    expect((await run(['help', 'network-attach'])).stdout).toMatch(/^command name {12}: network-attach\n/)
  })

  it('explains the programs of its own', async () => {
    const { stdout } = await run(['help', 'fake-host-serve'])
    expect(stdout).toMatch(/optional params : listen, snapshot, state, hosts, seed, backend, /)
  })

  it('describes commands as data in other forms', async () => {
    const { records } = JSON.parse((await run(['help', '--output=json'])).stdout)
    const visible = (await allCommands()).filter(command => !command.hidden).map(command => command.name)
    expect(records.map((record: { command: string }) => record.command)).toEqual(visible)
    const one = JSON.parse((await run(['help', 'tunnel-create', 'nope', '--output=json'])).stdout)
    expect(one.records).toMatchObject([
      { command: 'tunnel-create', required: ['pif-uuid', 'network-uuid'], optional: ['protocol'] },
    ])
  })
})
