import { expect, it } from 'vitest'
import type { Support } from '@/lib/domain/account/capabilities'
import { ExchangeRegistry } from '@/lib/exchanges/registry'
import { parseEnv } from '@/lib/platform/env'
import { capabilityText, isKnownInFrench } from '@/lib/view/capability-words'

const env = parseEnv({ DATABASE_URL: 'postgresql://unused', SECRET_KEY: 'x'.repeat(32) })

/** Every sentence in the capabilities of an exchange. */
function sentencesOf(node: unknown): string[] {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return []
  if ('level' in node) {
    const text = capabilityText(node as Support, 'en')
    return text === '' ? [] : [text]
  }
  return Object.values(node).flatMap(sentencesOf)
}

it('says in French what every adapter says in English', async () => {
  const registry = new ExchangeRegistry({ clock: () => 0, env })
  const sentences = (['binance', 'bitget', 'kucoin'] as const).flatMap((id) =>
    ([null, 'CLASSIC', 'UNIFIED'] as const).flatMap((mode) =>
      sentencesOf(registry.executionClient(id, 'PAPER').capabilities(mode)),
    ),
  )
  await registry.close()
  expect(sentences.length).toBeGreaterThan(60)
  const commas = (text: string) => /^[/\w-]+(, [/\w-]+)*$/.test(text)
  expect([...new Set(sentences)].filter((text) => !isKnownInFrench(text) && !commas(text))).toEqual([])
})
