/** What parameters mean, by name, for the manual. */
export const parameterNotes: Readonly<Record<string, string>> = {
  uuid: 'The object, by its exact uuid. There are no abbreviations, and a name does not do.',
  'pif-uuid': 'The PIF whose IP address the tunnel starts from (its transport PIF).',
  'network-uuid': 'The network to attach to the tunnel.',
  protocol: 'gre or vxlan, in any case. gre when absent, and then it is not sent, so that hosts without vxlan do.',
  params: 'The fields to print, between commas, or all. They print in a fixed order. Names of no field are ignored.',
  'database:': 'Look into another database: database:vdi-uuid=UUID or database:filename=FILE.',
  'param-name': 'The field, by its exact name.',
  'param-key': 'The key of a map, or the member of a set.',
  'other-config:': 'other-config:KEY=VALUE sets one key; other keys stay as they are.',
}

/** What any other parameter of a list means: it is a field to filter by. */
export const filterNote =
  'FIELD=VALUE prints only objects whose field is printed exactly so. FIELD:KEY=VALUE compares a key of a map, FIELD:contains=VALUE a member of a set. Several filters all have to match.'
