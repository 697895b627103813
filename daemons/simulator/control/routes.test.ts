import type { IncomingMessage } from 'node:http'
import { expect, it } from 'vitest'
import { answerControl, type ControlledParts } from './routes'

const parts = {
  exchange: { settled: () => Promise.resolve() },
  marketState: () => ({ source: 'synthetic' }),
  controlToken: 'the-token',
} as unknown as ControlledParts

const statusFrom = async (remoteAddress: string, authorization?: string): Promise<number> => {
  const request = { method: 'GET', url: '/_control/market', socket: { remoteAddress }, headers: { authorization } }
  return (await answerControl(parts, request as unknown as IncomingMessage, '')).status
}

it('answers loopback, and other hosts of this installation by its token only', async () => {
  expect(await statusFrom('127.0.0.1')).toBe(200)
  expect(await statusFrom('::1')).toBe(200)
  expect(await statusFrom('172.18.0.5')).toBe(403)
  expect(await statusFrom('172.18.0.5', 'Bearer another')).toBe(403)
  expect(await statusFrom('172.18.0.5', 'Bearer the-token')).toBe(200)
})
