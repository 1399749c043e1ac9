/** Commands of xe that bring a file to the host or take one from it. */
const transfers: ReadonlySet<string> = new Set(
  (
    'audit-log-get blob-get blob-put host-backup host-bugreport-upload host-crashdump-upload host-get-system-status ' +
    'host-install-server-certificate host-license-add host-logs-download host-restore host-upload-server-certificate ' +
    'patch-upload pool-certificate-install pool-crl-install pool-dump-database pool-install-ca-certificate ' +
    'pool-restore-database snapshot-export-to-template template-export update-upload vdi-export vdi-import vm-export ' +
    'vm-import'
  ).split(' '),
)

/** Whether a command needs files that the program it was typed into would have to send or to write. */
export function transfersFile(name: string): boolean {
  return transfers.has(name)
}
