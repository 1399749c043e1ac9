import type { Messages } from '../dispatch/context.ts'

const MOST_VIFS = 16

export const vm: Messages<'VM'> = {
  get_allowed_VIF_devices({ pool: { db } }, vm) {
    const used = new Set(db.get('VM', vm, 'VIFs').map(vif => db.get('VIF', vif, 'device')))
    return Array.from({ length: MOST_VIFS }, (_, number) => String(number)).filter(device => !used.has(device))
  },
}
