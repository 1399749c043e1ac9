/**
 * What to do next, by error code: of the host, or of this program (in lower case). What is in braces is the label of a
 * parameter of the code, and `{LABEL:list}` the command that lists objects of the class that it names. See `hintFor`.
 */
export const hints: Readonly<Record<string, string>> = {
  // What goes wrong on the way to a host, or before it.
  'transport-unresolved': 'check the spelling of the server (-s), and that this machine can look names up',
  'transport-refused':
    'check the port (-p), and that the toolstack of the host runs; --nossl talks to port 80 instead of 443',
  'transport-unreachable':
    'check that the host is up and that a route leads to it; try -s with another host of the pool',
  'transport-timeout':
    'a call that takes its time needs --timeout=SECONDS, longer than 30; --debug shows which call it is',
  'transport-closed':
    'the host may be restarting its toolstack: try again in a minute, and look before repeating a change',
  'transport-http': 'something other than a toolstack may listen there: check the server (-s) and the port (-p)',
  'transport-protocol': 'something other than a toolstack may listen there: check the server (-s) and the port (-p)',
  'transport-unsendable': 'leave the character out that the message names: no host takes it',
  trust: 'compare the certificate with the one on the host itself; --ca=FILE names a file with what to trust',

  // Sessions, roles, calls.
  SESSION_AUTHENTICATION_FAILED: "check user (-u) and password (-pw, or -pwf FILE); a host's own account is root",
  SESSION_AUTHORIZATION_FAILED:
    'have an administrator make {username}, or a group of theirs, a subject of the pool with a role',
  SESSION_INVALID:
    'log in anew: leave session_id= out and give user and password; a restart of the toolstack ends all sessions',
  SESSION_NOT_REGISTERED:
    'call event.register with the classes before event.next, or use event.from, which needs no registration',
  CHANGE_PASSWORD_REJECTED: "choose a longer password, without words or parts of the user's name",
  USER_IS_NOT_LOCAL_SUPERUSER: 'log in as root of the host: -u root',
  RBAC_PERMISSION_DENIED:
    'log in as a user whose role has the permission {permission}; network changes need pool-operator or pool-admin',
  ROLE_NOT_FOUND: 'use one of pool-admin, pool-operator, vm-power-admin, vm-admin, vm-operator and read-only',
  ROLE_ALREADY_EXISTS: 'nothing is to be done: the subject has the role',
  SUBJECT_ALREADY_EXISTS: 'nothing is to be done: the subject is known; add a role to it instead',
  SUBJECT_CANNOT_BE_RESOLVED: 'write the name as the directory does, such as DOMAIN\\user or user@domain',
  AUTH_IS_DISABLED: 'log in as root, or have external authentication switched on for the pool',
  AUTH_SERVICE_ERROR: 'try again later, or log in as root, which does not need the directory',
  PERMISSION_DENIED: 'log in as root, or as a user with the role pool-admin',
  HOST_IS_SLAVE: 'talk to the coordinator: -s {Master IP address}',
  HOST_STILL_BOOTING: 'wait a minute and try again',
  INTERNAL_ERROR: "check the types of what was given, then read the host's /var/log/xensource.log around this moment",
  MESSAGE_METHOD_UNKNOWN: 'the host is older than this command: update it, or do without',
  MESSAGE_PARAMETER_COUNT_MISMATCH:
    'client and host are of different releases: leave optional parameters out, or update the older one',
  MESSAGE_DEPRECATED: 'use the call that has taken the place of this one',
  MESSAGE_REMOVED: 'use the call that has taken the place of this one',
  NOT_IMPLEMENTED: 'this host cannot do it; of a fake host, docs/fidelity.md says what it can',
  VALUE_NOT_SUPPORTED: 'give {field} another value',
  INVALID_VALUE: 'give {field} another value; the help of the command, or its manual page, says which it takes',
  FIELD_TYPE_ERROR: 'give {field} a value of the right type',
  HANDLE_INVALID: 'look again with xe-tunnel {class:list}: the object may have been destroyed in the meantime',
  UUID_INVALID: 'find the uuid with xe-tunnel {type:list}; it has to be whole, and a name does not do',
  MAP_DUPLICATE_KEY: 'remove the key {key} first (param-remove), or set it whether it is there or not (param-set)',
  DB_UNIQUENESS_CONSTRAINT_VIOLATION: 'choose another value for {field}',
  OPERATION_NOT_ALLOWED:
    'bring the object into the state that the reason asks for; its allowed-operations say what it can do now',
  OPERATION_BLOCKED: 'ask who blocked it, then remove the entry from the blocked operations of the VM',
  OTHER_OPERATION_IN_PROGRESS: 'wait until the other operation is over, and try again',
  TOO_MANY_PENDING_TASKS: 'wait a minute, and do fewer things at a time',
  TASK_CANCELLED: 'look what is there before you start it again: a cancelled operation may have done a part',
  NOT_SUPPORTED_DURING_UPGRADE: 'upgrade the remaining hosts of the pool first',
  EVENTS_LOST: 'register again and read all objects anew',
  EVENT_FROM_TOKEN_PARSE_FAILURE: 'start over with an empty token',
  EVENT_SUBSCRIPTION_PARSE_FAILURE: 'subscribe to a class, to CLASS/REFERENCE, or to * for everything',
  LICENCE_RESTRICTION:
    'have the pool licensed for {feature}, or do without; xe-tunnel host-list params=name-label,edition shows the editions',

  // Hosts and pools.
  HOST_OFFLINE:
    'xe-tunnel host-list params=uuid,name-label,enabled,host-metrics-live shows which hosts are up; start {host} and try again',
  CANNOT_CONTACT_HOST: 'check the management network of {host}; what it was asked for may have happened all the same',
  HOST_HAS_NO_MANAGEMENT_IP: 'give the management PIF an address: xe-tunnel pif-reconfigure-ip uuid=UUID mode=dhcp',
  HOST_MASTER_CANNOT_TALK_BACK: 'open port 443 from the coordinator to {ip}',
  HOST_UNKNOWN_TO_MASTER: 'let the host join the pool again',
  HOST_ITS_OWN_SLAVE: 'name the real coordinator in the emergency mode of the host',
  HOST_BROKEN: "read the host's /var/log/xensource.log, and restart its toolstack",
  HOST_IN_EMERGENCY_MODE: 'bring the coordinator back, or make another host the coordinator',
  TLS_CONNECTION_FAILED: 'check that {address} answers on port {port} and that nothing between filters TLS',
  POOL_JOINING_HOST_HAS_TUNNELS:
    'on the joining host: xe-tunnel tunnel-list --minimal, then xe-tunnel tunnel-destroy uuid=UUID for each',
  POOL_JOINING_HOST_HAS_BONDS:
    'on the joining host: xe-tunnel bond-list --minimal, then xe-tunnel bond-destroy uuid=UUID for each',
  POOL_JOINING_HOST_HAS_NON_MANAGEMENT_VLANS:
    'on the joining host: xe-tunnel vlan-list, then xe-tunnel vlan-destroy uuid=UUID for each but that of management',
  POOL_JOINING_HOST_HAS_NETWORK_SRIOVS:
    'on the joining host: xe-tunnel network-sriov-list --minimal, then xe-tunnel network-sriov-destroy uuid=UUID for each',
  POOL_JOINING_HOST_MANAGEMENT_VLAN_DOES_NOT_MATCH: "give the joining host's management VLAN the tag {remote}",
  POOL_JOINING_HOST_MUST_ONLY_HAVE_PHYSICAL_PIFS:
    'on the joining host: xe-tunnel pif-list physical=false shows what to remove',
  POOL_JOINING_HOST_MUST_HAVE_PHYSICAL_MANAGEMENT_NIC:
    'move the management interface of the joining host to a PIF with physical=true',
  SLAVE_REQUIRES_MANAGEMENT_INTERFACE: 'move management to another PIF instead of switching it off',

  // High availability, clustering, the database.
  HA_IS_ENABLED: 'switch HA off, make the change, and switch HA on again',
  HA_CANNOT_CHANGE_BOND_STATUS_OF_MGMT_IFACE: 'switch HA off, change the bond, and switch HA on again',
  HA_CONSTRAINT_VIOLATION_NETWORK_NOT_SHARED:
    'give every host a PIF on {network}: xe-tunnel pif-list network-uuid={network} shows which have one',
  HA_OPERATION_WOULD_BREAK_FAILOVER_PLAN:
    'tolerate fewer failures: xe-tunnel pool-param-set uuid=UUID ha-host-failures-to-tolerate=NUMBER',
  REDO_LOG_IS_ENABLED: 'switch the redo log of the pool off, and try again',
  CLUSTERING_ENABLED: 'disable the cluster host {cluster_host} first',

  // Tunnels.
  OPENVSWITCH_NOT_ACTIVE:
    'xe-tunnel host-list params=name-label,software-version shows network_backend: switch hosts to openvswitch (xe-switch-network-backend) and reboot them',
  IS_TUNNEL_ACCESS_PIF:
    'use the transport PIF of the tunnel, or another PIF: xe-tunnel tunnel-list access-PIF={PIF} names the transport',
  TRANSPORT_PIF_NOT_CONFIGURED:
    'xe-tunnel pif-reconfigure-ip uuid={PIF} mode=dhcp, then xe-tunnel pif-plug uuid=ACCESS-PIF: the tunnel itself may be there',
  PIF_TUNNEL_STILL_EXISTS:
    'xe-tunnel pif-param-list uuid={PIF} names its tunnels; for each: xe-tunnel tunnel-destroy uuid=UUID',
  CANNOT_ADD_TUNNEL_TO_BOND_SLAVE:
    'xe-tunnel pif-param-get uuid={PIF} param-name=bond-slave-of names the bond, whose master is the PIF to use',
  CANNOT_ADD_TUNNEL_TO_SRIOV_LOGICAL: 'xe-tunnel pif-list physical=true shows PIFs that can carry a tunnel',
  CANNOT_ADD_TUNNEL_TO_VLAN_ON_SRIOV_LOGICAL: 'xe-tunnel pif-list physical=true shows PIFs that can carry a tunnel',
  NETWORK_INCOMPATIBLE_WITH_TUNNEL: 'make a network for the tunnel: xe-tunnel network-create name-label=NAME',

  // Networks.
  NETWORK_ALREADY_CONNECTED:
    'choose another network, or make one: xe-tunnel network-create name-label=NAME; the PIF in the way is {connected PIF}',
  NETWORK_CONTAINS_PIF:
    'xe-tunnel pif-list network-uuid=UUID shows the PIFs: destroy the tunnels, VLANs and bonds that they belong to',
  NETWORK_CONTAINS_VIF:
    'xe-tunnel vif-list network-uuid=UUID shows the VIFs: xe-tunnel vif-move uuid=UUID network-uuid=UUID, or destroy them',
  NETWORK_UNMANAGED: 'choose a network with managed=true: xe-tunnel network-list managed=true',
  NETWORK_INCOMPATIBLE_PURPOSES:
    'take {conflicting_purpose} from the network that has it: xe-tunnel network-list params=uuid,name-label,purpose',
  NETWORK_INCOMPATIBLE_WITH_BOND: 'make a network for the bond: xe-tunnel network-create name-label=NAME',
  NETWORK_INCOMPATIBLE_WITH_SRIOV: 'make a network for SR-IOV: xe-tunnel network-create name-label=NAME',
  NETWORK_INCOMPATIBLE_WITH_TRUNKS:
    'empty the trunks of the VIFs on the network, or make another network: xe-tunnel network-create name-label=NAME',
  NETWORK_INCOMPATIBLE_WITH_VLAN_ON_BRIDGE: 'make a network for the VLAN: xe-tunnel network-create name-label=NAME',
  NETWORK_INCOMPATIBLE_WITH_VLAN_ON_SRIOV: 'make a network for the VLAN: xe-tunnel network-create name-label=NAME',
  NETWORK_HAS_INCOMPATIBLE_SRIOV_PIFS: 'make a network for NICs of this kind: xe-tunnel network-create name-label=NAME',
  NETWORK_HAS_INCOMPATIBLE_VLAN_ON_SRIOV_PIFS:
    'make a network for NICs of this kind: xe-tunnel network-create name-label=NAME',
  CANNOT_DESTROY_SYSTEM_NETWORK: 'leave this network as it is: other-config:is_guest_installer_network marks it',
  BRIDGE_NOT_AVAILABLE: 'make the bridge {bridge} on every host concerned, or let the toolstack manage the network',
  BRIDGE_NAME_EXISTS:
    'xe-tunnel network-list bridge={bridge} shows who has it; leave bridge= out to be given a free one',
  HOST_CANNOT_ATTACH_NETWORK:
    'xe-tunnel pif-list host-uuid={host} network-uuid={network} shows what the host has there',
  COULD_NOT_UPDATE_IGMP_SNOOPING_EVERYWHERE:
    'see which hosts are up (xe-tunnel host-list params=name-label,host-metrics-live) and set it again',

  // PIFs.
  PIF_ALREADY_BONDED:
    'xe-tunnel pif-param-get uuid={PIF} param-name=bond-slave-of names the bond; xe-tunnel bond-destroy uuid=UUID frees it',
  PIF_VLAN_EXISTS: 'choose another tag, or use the VLAN that is there: xe-tunnel vlan-list',
  PIF_VLAN_STILL_EXISTS:
    'xe-tunnel pif-param-get uuid={PIF} param-name=vlan-slave-of names the VLANs; for each: xe-tunnel vlan-destroy uuid=UUID',
  PIF_SRIOV_STILL_EXISTS:
    'xe-tunnel pif-param-get uuid={PIF} param-name=sriov-physical-PIF-of names it; xe-tunnel network-sriov-destroy uuid=UUID',
  CANNOT_FORGET_SRIOV_LOGICAL:
    'xe-tunnel pif-param-get uuid={PIF} param-name=sriov-logical-PIF-of names it; xe-tunnel network-sriov-destroy uuid=UUID',
  PIF_IS_PHYSICAL: 'a physical PIF is given up with xe-tunnel pif-forget uuid=UUID',
  PIF_IS_NOT_PHYSICAL: 'xe-tunnel pif-list physical=true shows the PIFs of NICs',
  PIF_IS_VLAN: 'build on the PIF that carries the VLAN: xe-tunnel vlan-list untagged-PIF={PIF} names it',
  PIF_IS_SRIOV_LOGICAL: 'xe-tunnel pif-list physical=true shows the PIFs of NICs',
  PIF_IS_NOT_SRIOV_CAPABLE: 'xe-tunnel pif-list capabilities:contains=sriov shows the PIFs that can do SR-IOV',
  PIF_IS_MANAGEMENT_INTERFACE:
    'move management to another PIF first; xe-tunnel pif-list management=true shows where it is',
  PIF_DOES_NOT_ALLOW_UNPLUG: 'xe-tunnel pif-param-set uuid={PIF} disallow-unplug=false, if nothing depends on it',
  PIF_ALLOWS_UNPLUG: 'xe-tunnel pif-param-set uuid={PIF} disallow-unplug=true',
  PIF_HAS_FCOE_SR_IN_USE: 'unplug the SR {SR} from the host first',
  PIF_HAS_NO_NETWORK_CONFIGURATION: 'xe-tunnel pif-reconfigure-ip uuid={PIF} mode=dhcp',
  PIF_HAS_NO_V6_NETWORK_CONFIGURATION: 'xe-tunnel pif-reconfigure-ipv6 uuid={PIF} mode=autoconf',
  PIF_INCOMPATIBLE_PRIMARY_ADDRESS_TYPE: 'xe-tunnel pif-set-primary-address-type uuid={PIF} primary_address_type=ipv4',
  PIF_CONFIGURATION_ERROR:
    'see the message, and the host log /var/log/xensource.log for xcp-networkd; once mended: xe-tunnel pif-plug uuid={PIF}',
  PIF_UNMANAGED:
    'choose a PIF with managed=true: xe-tunnel pif-list managed=true; an unmanaged one can be forgotten and introduced anew',
  PIF_NOT_PRESENT:
    'xe-tunnel pif-list host-uuid={host} params=uuid,device,network-name-label shows on which networks the host is',
  PIF_NOT_ATTACHED_TO_HOST: 'choose a PIF of that host: xe-tunnel pif-list host-uuid={host}',
  REQUIRED_PIF_IS_UNPLUGGED: 'xe-tunnel pif-plug uuid={PIF}',
  INTERFACE_HAS_NO_IP: 'xe-tunnel pif-reconfigure-ip uuid={interface} mode=dhcp',
  COULD_NOT_FIND_NETWORK_INTERFACE_WITH_SPECIFIED_DEVICE_NAME_AND_MAC_ADDRESS:
    'xe-tunnel pif-scan host-uuid=UUID finds all NICs of the host by itself',
  DUPLICATE_PIF_DEVICE_NAME: 'xe-tunnel pif-list device={device} shows the PIF that is there',
  MAC_INVALID: 'write the address as in 02:16:3e:00:00:01, or leave it out',
  MAC_STILL_EXISTS: 'take the NIC out first, or leave its PIF as it is',
  MAC_DOES_NOT_EXIST: 'xe-tunnel pif-list MAC={MAC} shows whether a host of the pool has it',
  INVALID_IP_ADDRESS_SPECIFIED: 'write {parameter} as in 192.0.2.10, or 2001:db8::10 where it is IPv6',
  INVALID_CIDR_ADDRESS_SPECIFIED: 'write {parameter} as in 192.0.2.10/24 or 2001:db8::10/64',

  // VLANs, bonds, SR-IOV.
  VLAN_TAG_INVALID: 'choose a tag from 0 to 4094; 0 stands for none',
  VLAN_IN_USE: 'choose another tag, or remove VLAN {vlan} of {device} on the host itself',
  CANNOT_ADD_VLAN_TO_BOND_SLAVE:
    'xe-tunnel pif-param-get uuid={PIF} param-name=bond-slave-of names the bond, whose master is the PIF to use',
  CANNOT_PLUG_BOND_SLAVE: 'xe-tunnel pif-param-get uuid={PIF} param-name=bond-slave-of names the bond: plug its master',
  CANNOT_CHANGE_PIF_PROPERTIES: 'set the property on the PIF of the bond, or on a physical PIF outside any bond',
  INCOMPATIBLE_PIF_PROPERTIES:
    'make them equal: xe-tunnel pif-list params=uuid,device,properties shows the differences',
  PIF_BOND_NEEDS_MORE_MEMBERS: 'give at least two PIFs: pif-uuids=UUID,UUID',
  PIF_BOND_MORE_THAN_ONE_IP: 'xe-tunnel pif-reconfigure-ip uuid=UUID mode=none on all members but one',
  PIF_CANNOT_BOND_CROSS_HOST: 'xe-tunnel pif-list host-uuid=UUID physical=true shows the PIFs of one host',
  NETWORK_SRIOV_ALREADY_ENABLED: 'nothing is to be done: xe-tunnel network-sriov-list physical-PIF={PIF} shows it',
  NETWORK_SRIOV_ENABLE_FAILED:
    "see the message; SR-IOV may have to be switched on in the host's firmware, and the host rebooted",
  NETWORK_SRIOV_DISABLE_FAILED: 'see the message; stop the VMs that use virtual functions of this NIC',
  NETWORK_SRIOV_INSUFFICIENT_CAPACITY:
    'take VIFs off the network {network}, or use another NIC: xe-tunnel network-sriov-list params=all',

  // VIFs and VMs.
  VIF_IN_USE: 'xe-tunnel vif-unplug uuid={VIF}, then try again',
  DEVICE_ALREADY_ATTACHED: 'nothing is to be done: it is plugged in',
  DEVICE_ALREADY_DETACHED: 'nothing is to be done: it is not plugged in',
  DEVICE_ALREADY_EXISTS: 'xe-tunnel vif-list vm-uuid=UUID params=device shows the numbers that are taken',
  INVALID_DEVICE: 'give device=NUMBER, counting from 0',
  ADDRESS_VIOLATES_LOCKING_CONSTRAINT:
    'allow the address: xe-tunnel vif-param-add uuid=UUID param-name=ipv4-allowed param-key={address}',
  VM_REQUIRES_NETWORK: 'xe-tunnel pif-list network-uuid={network} params=host-name-label shows the hosts that have it',
}
