import { type DaemonCall, DaemonError, type NetworkDaemon, ScriptError, VlanInUse } from './daemon.ts'

/** A call that fails: `script` as a program that ends with code 1, `vlan_in_use`, or `text` for anything else. */
export interface FailureRule {
  readonly call: string
  readonly kind: 'script' | 'vlan_in_use' | 'text'
  readonly text?: string | undefined
}

/** How a daemon misbehaves, for tests. */
export interface Disturbance {
  /** The call that fails until it is set otherwise. */
  fail: FailureRule | undefined
  /** How long each call takes, in milliseconds. */
  delay_ms: number
}

/** Hears of each call before it is made. */
export type CallListener = (call: DaemonCall, parameters: readonly unknown[]) => void

type Method = (...parameters: unknown[]) => Promise<unknown>

const CALLS: Readonly<Record<DaemonCall, true>> = {
  'Bridge.make_config': true,
  'Bridge.create': true,
  'Bridge.destroy': true,
  'Bridge.set_persistent': true,
  'Bridge.get_all': true,
  'Interface.make_config': true,
  'Interface.set_persistent': true,
  'Interface.has_vlan': true,
  'Interface.get_mtu': true,
  set_gateway_interface: true,
  set_dns_interface: true,
  'Sriov.enable': true,
  'Sriov.disable': true,
  FIREWALL: true,
}

/** All that a daemon can be asked. */
export const DAEMON_CALLS: readonly DaemonCall[] = Object.keys(CALLS) as DaemonCall[] // its keys

/** The same daemon, but slow or failing where `disturbance` says so at the time of the call. */
export function disturbed(
  daemon: NetworkDaemon,
  disturbance: Disturbance,
  options: { sleep: (milliseconds: number) => Promise<unknown>; onCall: CallListener },
): NetworkDaemon {
  const wrap = (call: DaemonCall): Method => {
    const method = daemon[call].bind(daemon) as Method // called with the parameters it was written for
    return async (...parameters) => {
      options.onCall(call, parameters)
      if (disturbance.delay_ms > 0) await options.sleep(disturbance.delay_ms)
      if (disturbance.fail?.call === call) throw failure(disturbance.fail)
      return method(...parameters)
    }
  }
  return Object.fromEntries(DAEMON_CALLS.map(call => [call, wrap(call)])) as unknown as NetworkDaemon // it has them all
}

/** As the recorded server failed: it named this program, or this device and tag, whatever was asked. */
function failure({ kind, text = '' }: FailureRule): DaemonError {
  if (kind === 'script') return new ScriptError({ script: 'ovs-vsctl', code: '1' })
  if (kind === 'vlan_in_use') return new VlanInUse('eth0', 10)
  return new DaemonError(text)
}
