import type { Command, Description } from './command.ts'

/**
 * Every command, by the first part of its name, or the first two. Each family is loaded when one of its commands is asked for: what is not
 * needed is what makes a short command slow.
 */
const families: Readonly<Record<string, () => Promise<readonly (Command | Description)[]>>> = {
  api: async () => (await import('./api-call/index.ts')).apiCallCommands,
  batch: async () => (await import('./batch.ts')).batchCommands,
  bond: async () => (await import('./bond.ts')).bondCommands,
  controller: async () => (await import('./controller.ts')).controllerCommands,
  env: async () => (await import('./env.ts')).envCommands,
  completion: async () => (await import('./completion.ts')).completionCommands,
  explain: async () => (await import('./explain.ts')).explainCommands,
  fake: async () => {
    const [{ fakeHostCommands }, { programs }, { snapshotCommands }] = await Promise.all([
      import('./fake-host/index.ts'),
      import('./programs.ts'),
      import('./snapshot/index.ts'),
    ])
    return [...fakeHostCommands, ...programs, ...snapshotCommands]
  },
  host: async () => (await import('./host.ts')).hostCommands,
  network: async () => {
    const [{ networkCommands }, { networkSriovCommands }] = await Promise.all([
      import('./network.ts'),
      import('./network-sriov.ts'),
    ])
    return [...networkCommands, ...networkSriovCommands]
  },
  pif: async () => (await import('./pif.ts')).pifCommands,
  pool: async () => (await import('./pool.ts')).poolCommands,
  sdn: async () => (await import('./sdn-controller.ts')).sdnControllerCommands,
  tunnel: async () => (await import('./tunnel.ts')).tunnelCommands,
  'tunnel-network': async () => (await import('./tunnel-network/index.ts')).tunnelNetworkCommands,
  version: async () => (await import('./version.ts')).versionCommands,
  vif: async () => (await import('./vif.ts')).vifCommands,
  vlan: async () => (await import('./vlan.ts')).vlanCommands,
  vm: async () => (await import('./records/vm-vif-list.ts')).vmCommands,
}

const familyCalled = (prefix: string) => (Object.hasOwn(families, prefix) ? families[prefix] : undefined)

/** The command of that name: one that talks to a host, or the description of a program that is handed in. */
export async function findCommand(name: string): Promise<Command | Description | undefined> {
  const [first = '', second = ''] = name.split('-', 2)
  const load = familyCalled(`${first}-${second}`) ?? familyCalled(first)
  return (await load?.())?.find(command => command.name === name)
}

/** Everything that a user can type, sorted bytewise by name. */
export async function allCommands(): Promise<readonly Description[]> {
  const loaded = await Promise.all(Object.values(families).map(load => load()))
  return loaded.flat().sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Whether a command talks to a host. */
export function isHostCommand(command: Command | Description): command is Command {
  return 'run' in command
}
