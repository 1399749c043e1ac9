import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Daemon, output, startDaemon } from './programs.ts'

const SCHEMAS = ['/usr/share/openvswitch/vswitch.ovsschema', '/usr/local/share/openvswitch/vswitch.ovsschema']

export interface SwitchOptions {
  /** `dummy` needs no rights and carries packets between switches of this process only; `netdev` makes tap devices. */
  readonly datapath: 'dummy' | 'netdev'
  /** The network namespace that the switch daemon runs in. The database is reachable from everywhere. */
  readonly netns?: string
  /** Further remotes of the database, such as `ptcp:0:127.0.0.1`, and options of its program. */
  readonly database?: readonly string[]
  /** False: only the database. */
  readonly vswitchd?: boolean
}

/** A real Open vSwitch with a database of its own. */
export interface Switch extends AsyncDisposable {
  /** `unix:PATH` of its database. */
  readonly address: string
  readonly datapath: SwitchOptions['datapath']
  /** Its files. */
  readonly folder: string
  vsctl(...args: readonly string[]): Promise<string>
  /** Asks the switch daemon. */
  appctl(...args: readonly string[]): Promise<string>
  /** Asks the database's daemon. */
  databaseAppctl(...args: readonly string[]): Promise<string>
  readonly vswitchd: Restartable
  readonly ovsdbServer: Restartable
  /** Ends both, and removes all that they made. Stopping twice is stopping once. */
  stop(): Promise<void>
}

interface Restartable {
  /** As if it had crashed. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** Starts a switch on an empty database. It answers when this resolves. */
export async function startSwitch(options: SwitchOptions): Promise<Switch> {
  const folder = await mkdtemp(join(tmpdir(), 'ovs-'))
  const file = (name: string) => join(folder, name)
  const address = `unix:${file('db.sock')}`
  const env = { OVS_RUNDIR: folder, OVS_LOGDIR: folder, OVS_DBDIR: folder }
  const vsctl = (...args: readonly string[]) => output('ovs-vsctl', ['--timeout=15', `--db=${address}`, ...args])
  const appctl = (...args: readonly string[]) => output('ovs-appctl', ['-t', file('vs.ctl'), '-T', '15', ...args])
  const databaseAppctl = (...args: readonly string[]) =>
    output('ovs-appctl', ['-t', file('db.ctl'), '-T', '15', ...args])

  const ovsdbServer = restartable(
    [
      'ovsdb-server',
      file('conf.db'),
      `--remote=punix:${file('db.sock')}`,
      `--unixctl=${file('db.ctl')}`,
      `--log-file=${file('db.log')}`,
      '-vconsole:off',
      ...(options.database ?? []),
    ],
    env,
    [file('db.sock'), file('db.ctl')],
    () => databaseAppctl('version'),
  )
  const namespace = options.netns === undefined ? [] : ['ip', 'netns', 'exec', options.netns]
  const dummy =
    options.datapath === 'dummy' ? ['--enable-dummy=system', '--disable-system', '--disable-system-route'] : []
  const vswitchd = restartable(
    [
      ...namespace,
      'ovs-vswitchd',
      address,
      `--unixctl=${file('vs.ctl')}`,
      `--log-file=${file('vs.log')}`,
      '-vconsole:off',
      ...dummy,
    ],
    env,
    [file('vs.ctl')],
    () => appctl('version'),
  )

  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= (async () => {
      // After a plain signal the tap devices would stay.
      if (vswitchd.isRunning()) await appctl('exit', '--cleanup').catch(() => vswitchd.kill())
      await vswitchd.end()
      await ovsdbServer.kill()
      await rm(folder, { recursive: true, force: true })
    })()
    return stopped
  }
  try {
    const schema = SCHEMAS.find(existsSync)
    if (schema === undefined) throw new Error('vswitch.ovsschema not found')
    await output('ovsdb-tool', ['create', file('conf.db'), schema])
    await ovsdbServer.start()
    await vsctl('--no-wait', 'init')
    if (options.vswitchd ?? true) await vswitchd.start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    address,
    datapath: options.datapath,
    folder,
    vsctl,
    appctl,
    databaseAppctl,
    vswitchd,
    ovsdbServer,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

interface Tracked extends Restartable {
  isRunning(): boolean
  /** Waits until it has ended by itself. */
  end(): Promise<void>
}

function restartable(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  sockets: readonly string[],
  answers: () => Promise<unknown>,
): Tracked {
  let daemon: Daemon | undefined
  return {
    isRunning: () => daemon?.isRunning ?? false,
    async kill() {
      await daemon?.stop('SIGKILL')
    },
    async end() {
      await daemon?.ended()
    },
    async start() {
      if (daemon?.isRunning) throw new Error(`${command[0]} runs already`)
      for (const socket of sockets) await rm(socket, { force: true }) // left by one that was killed
      daemon = await startDaemon(command, env)
      await eventually(() => {
        if (!daemon?.isRunning) throw new Error(`${command.join(' ')} has ended`)
        return sockets.every(existsSync)
      })
      // A socket is there a moment before anybody listens at it.
      await eventually(() =>
        answers().then(
          () => true,
          () => false,
        ),
      )
    },
  }
}

/** Resolves once something is so; daemons of others tell nobody when it becomes so. Throws after 15 s. */
export async function eventually(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 15_000; !(await isSo()); await setTimeout(5)) {
    if (Date.now() > end) throw new Error('it has not become so within 15 s')
  }
}
