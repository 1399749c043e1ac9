/** What parameters mean, by name, for the manual. */
const parameterNotes: Readonly<Record<string, string>> = {
  uuid: 'The object, by its exact uuid. There are no abbreviations, and a name does not do.',
  'pif-uuid': 'The PIF, by its exact uuid.',
  'pif-uuids': 'The PIFs of one host that become members, by their exact uuids, between commas.',
  'host-uuid': 'The host, by its exact uuid.',
  'vm-uuid': 'The VM, by its exact uuid.',
  mac: 'A MAC address, such as 02:16:3e:00:00:01. One is chosen when absent.',
  'properties:': 'properties:KEY=VALUE sets a property, such as properties:hashing_algorithm=tcpudp_ports.',
  address: 'The address.',
  gateway: 'The gateway. None when absent.',
  netmask: 'The network mask, such as 255.255.255.0, where mode is static.',
  IP: 'The IPv4 address, where mode is static.',
  IPv6: 'The IPv6 address with its prefix length, such as 2001:db8::10/64, where mode is static.',
  DNS: 'DNS servers, between commas.',
  primary_address_type: 'IPv4 or IPv6, in any case.',
  'name-label': 'A name; several objects may have the same.',
  'name-description': 'A description.',
  MTU: 'The largest packet, in bytes; 1500 when absent.',
  bridge: 'The name of the bridge on each host. A free one is chosen when absent.',
  managed: 'false: the toolstack leaves it alone; true when absent.',
  'tcp-port': 'The TCP port of the controller; chosen by the protocol when absent.',
  force: 'true: do not wait for the VM to agree. --force says the same.',
  '<vm-selectors>': 'vm=NAME-OR-UUID, or FIELD=VALUE as in a list of VMs.',
  'network-uuid': 'The network, by its exact uuid.',
  protocol: 'gre or vxlan, in any case. gre when absent, and then it is not sent, so that hosts without vxlan do.',
  params: 'The fields to print, between commas, or all. They print in a fixed order. Names of no field are ignored.',
  'database:': 'Look into another database: database:vdi-uuid=UUID or database:filename=FILE.',
  'param-name': 'The field, by its exact name.',
  'param-key': 'The key of a map, or the member of a set.',
  'other-config:': 'other-config:KEY=VALUE sets one key; other keys stay as they are.',
  file: 'Where to write the snapshot. A file of that name is replaced, and is only for its owner to read.',
  host: 'A host, by its name or uuid.',
  program: 'What you call xe-tunnel, where that is something else, such as an alias xe.',
  'keep-going': '--keep-going: go on after a command that has failed.',
  parallel:
    '--parallel=N: how many commands may run at a time, up to 64; 1 when absent. What they print stays in order.',
  from: 'The VIF that the frame comes from, by uuid or as VM/DEVICE, such as vm1/0.',
  to: 'The VIF that it is to get to, likewise.',
  vlan: 'The tag that the guest puts on the frame; none when absent.',
  name: 'The name of a scenario; fake-host-scenario-list shows them, with what each needs.',
  id: 'What fake-host-scenario-start printed.',
  side: 'The hosts on one side, by name or uuid, between commas.',
  pif: 'The PIF, by uuid.',
  device: 'The network card of the host, such as eth0.',
  unnoticed: 'true: the metrics of the host go on to say that it is live.',
  listen:
    'HOST:PORT, port 0 for a free one, or unix:PATH; several between commas. 127.0.0.1:0 when absent. Who reaches the socket of unix:PATH is root without a password.',
  snapshot: 'Begin with the pool in this file, which is never written: a snapshot, or a database dump in XML.',
  state:
    'Keep the pool in this file: a change is on disk before it is answered. A pool that is there is taken up again.',
  hosts: 'How many hosts the pool has to begin with; 2 when absent.',
  seed: 'A number that decides every reference, uuid and MAC: the same seed and the same calls give the same pool.',
  backend: 'The network back end of the hosts: openvswitch (when absent) or bridge, which has no tunnels.',
  ovsdb:
    'unix:PATH or tcp:HOST:PORT of the database of a real Open vSwitch, several between commas: one a host, in the order of their names. Hosts behind the last have a switch in memory.',
  datapath:
    'What the bridges on real switches are to have: system (when absent), which needs the kernel module, netdev, or dummy.',
  lenient: 'true: take files of another release, leave out what is unknown in them, and warn about it.',
  faults: 'A file with rules, in JSON, about calls that are to fail, to hang, or to be slow.',
  trace: 'Write each call to this file, a JSON object a line, with its time and answer and without secrets.',
  users:
    'A file with a JSON array of {username, password, roles}: who may log in beside the user of -u. Without roles it is a local superuser.',
  controller:
    'true: a tunnel controller works on the pool and ends with it; its log is on stderr, but not with fake-host-exec.',
  'status-owner': 'role:NAME or user:NAME: nobody else may write the status of tunnels.',
  members: 'true: a port for each host, so that a member can send clients to the coordinator.',
  tls: 'true: HTTPS, with a new certificate unless cert= and key= name one.',
  cert: 'The file with the certificate for tls=true, in PEM form.',
  key: 'The file with the key of that certificate, in PEM form.',
  background: 'true: return once another process serves.',
}

/** What they mean to one command, or to the commands whose names begin so, where that is something else. */
const elsewhere: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  batch: { file: 'The file with the commands; standard input when absent, or -.' },
  'tunnel-create': {
    'pif-uuid': 'The PIF whose IP address the tunnel starts from (its transport PIF).',
    'network-uuid': 'The network to attach to the tunnel.',
  },
  'bond-': {
    'network-uuid': 'The network to attach the bond to.',
    mode: 'balance-slb (the default of bond-create), active-backup or lacp, in any case.',
    mac: 'The MAC address of the bond; that of its first member when absent.',
  },
  'pif-reconfigure-ip': { mode: 'none, dhcp or static, in any case.' },
  'pif-reconfigure-ipv6': { mode: 'none, dhcp, static or autoconf, in any case.' },
  'pif-introduce': { mac: 'The MAC address of the network card, which has to be its own.' },
  'vif-create': {
    device: 'The number of the interface in the VM, from 0.',
    mac: 'A MAC address; random: this program picks one. The host picks one when absent.',
  },
  'vif-configure-ipv4': {
    mode: 'none, static or dhcp, in any case.',
    address: 'The address with its prefix length, such as 192.0.2.20/24, where mode is static.',
  },
  'vif-configure-ipv6': {
    mode: 'none, static or autoconf, in any case.',
    address: 'The address with its prefix length, such as 2001:db8::20/64, where mode is static.',
  },
  'vlan-create': { vlan: 'The tag, from 0 to 4094.', 'network-uuid': 'The network to attach to the VLAN.' },
  'pool-vlan-create': { vlan: 'The tag, from 0 to 4094.', 'network-uuid': 'The network to attach to the VLAN.' },
  'sdn-controller-': {
    address: 'The IPv4 address of the controller, where protocol is ssl.',
    protocol: 'ssl (the default) or pssl, in any case.',
  },
  'controller-': {
    host: 'The host, by its name or uuid.',
    undo: 'true: the host may be the centre of networks again.',
    dataplane: 'fake: the switches of a fake host; ovsdb: real ones, which ovsdb= alone says as well.',
    ovsdb:
      'Where the databases of the switches are: unix:PATH, tcp:HOST:PORT or ssl:HOST:PORT, with %h for the address of a host, %n for its name, %u for its uuid. pssl: as the SDN controller record of the pool has the hosts listen. pssl:PORT:ADDRESS, ptcp:PORT:ADDRESS: where they connect to by themselves.',
    'ovsdb-key': 'The file with the key that hosts are shown, in PEM form.',
    'ovsdb-cert': 'The file with the certificate of that key.',
    'ovsdb-ca': 'The file with the certificates that those of the hosts must be signed by.',
    'ovsdb-fingerprint': 'The SHA-256 fingerprint of the certificate of the hosts, in place of ovsdb-ca.',
    fake: 'The URL of the fake host; XE_TUNNEL_FAKE_URL when absent.',
    keys: 'FIRST-LAST: the keys that networks may have. 1-16777215 when absent.',
    topology: 'star or mesh, of networks whose other-config does not say xe-tunnel-topology. star when absent.',
    bfd: 'How often the ends of a link hear from each other, in milliseconds; it is given up after three times that. 300 when absent.',
    resync: 'How often everything is looked at anew, in seconds. 60 when absent.',
    listen: 'HOST:PORT: serve /healthz, /metrics and /status there, port 0 for a free one.',
    log: 'json: a JSON object a line; text when absent.',
    verbose: 'true: a line for each port as well.',
  },
  'tunnel-network-': {
    uuid: 'The network, by its exact uuid.',
    'name-label': 'The network, by its name, which no other network may have.',
  },
  'tunnel-network-create': {
    'name-label': 'What the network is to be called. No other network may have the name.',
    'name-description': 'A description of the network.',
    'pif-device': 'The device that carries the tunnels, the same on every host: eth1, or bond0.',
    'pif-uuids': 'The PIFs that carry the tunnels, one a host, between commas, in place of pif-device.',
    vlan: 'The tag of a VLAN on pif-device, which carries the tunnels then.',
    hosts: 'The hosts to span, by names or uuids, between commas. All of the pool when absent, or those of pif-uuids.',
    mtu: 'The MTU of the network. When absent, 1500 or what fits into the encapsulation, whichever is less.',
    'keep-going': 'true: do without hosts on which it does not work, and end with status 1.',
  },
}

/** What a parameter means to a command. */
export function noteOn(command: string, parameter: string): string | undefined {
  const special = Object.entries(elsewhere)
    .filter(([prefix, notes]) => command.startsWith(prefix) && Object.hasOwn(notes, parameter))
    .sort(([a], [b]) => b.length - a.length)
  return special[0]?.[1][parameter] ?? parameterNotes[parameter]
}

/** What any other parameter of a list means: it is a field to filter by. */
export const filterNote =
  'FIELD=VALUE prints only objects whose field is printed exactly so. FIELD:KEY=VALUE compares a key of a map, FIELD:contains=VALUE a member of a set. Several filters all have to match.'

/** What a field of param-set means. */
export const fieldNote =
  'FIELD=VALUE sets a field, FIELD:KEY=VALUE one key of a map; other keys stay as they are. Fields are set in the order given.'
