import { defineConfig, type ViteUserConfig } from 'vitest/config'

const json = process.env.VITEST_JSON

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    reporters: json ? ['dot', ['json', { outputFile: json }]] : ['dot'],
  },
})

export default config
