import { expect, it } from 'vitest'
import { escapeFor, hintOf, readDiscordAddress, readTelegramAddress } from '@/lib/notify/address'

const ID = '123456789012345678'
const TOKEN = 'AbCdEf-hIjKlMnOpQrStUvWxYz0123456789_AbCdEfGhIjKlMnOpQrStUvWxYz01234'

it.each([
  `https://discord.com/api/webhooks/${ID}/${TOKEN}`,
  `  https://discord.com/api/v10/webhooks/${ID}/${TOKEN}/ `,
  `https://ptb.discord.com/api/webhooks/${ID}/${TOKEN}`,
  `https://canary.discord.com/api/webhooks/${ID}/${TOKEN}`,
  `https://discordapp.com/api/webhooks/${ID}/${TOKEN}`,
])('reads %s', (text) => {
  expect(readDiscordAddress(text)).toEqual({ service: 'DISCORD', id: ID, token: TOKEN })
})

it('reads the thread of a webhook, and takes nothing else of a query', () => {
  const address = `https://discord.com/api/webhooks/${ID}/${TOKEN}`
  expect(readDiscordAddress(`${address}?thread_id=${ID}&wait=false`)).toMatchObject({ threadId: ID })
  expect(readDiscordAddress(`${address}?thread_id=1%26x=2`)).toBeNull()
})

it.each([
  `http://discord.com/api/webhooks/${ID}/${TOKEN}`,
  `https://discord.com.example.org/api/webhooks/${ID}/${TOKEN}`,
  `https://example.org/discord.com/api/webhooks/${ID}/${TOKEN}`,
  `https://discord.com@example.org/api/webhooks/${ID}/${TOKEN}`,
  `https://user:secret@discord.com/api/webhooks/${ID}/${TOKEN}`,
  `https://discord.com:8443/api/webhooks/${ID}/${TOKEN}`,
  `https://127.0.0.1/api/webhooks/${ID}/${TOKEN}`,
  `http://169.254.169.254/api/webhooks/${ID}/${TOKEN}`,
  `https://discord.com/api/webhooks/${ID}/../../users/${TOKEN}`,
  `https://discord.com/api/webhooks/${ID}/${TOKEN}/slack`,
  `https://discord.com/api/webhooks/${ID}/short`,
  `https://discord.com/channels/${ID}/${ID}`,
  'nonsense',
  '',
])('refuses %s', (text) => {
  expect(readDiscordAddress(text)).toBeNull()
})

it('reads a bot and its chat, and refuses what could lead elsewhere', () => {
  const token = '123456789:AAabcdefghijklmnopqrstuvwxyz0123456'
  expect(readTelegramAddress(` ${token} `, ' -1001234567890 ')).toEqual({
    service: 'TELEGRAM',
    token,
    chatId: '-1001234567890',
  })
  expect(readTelegramAddress(token, '@my_channel')).toMatchObject({ chatId: '@my_channel' })
  for (const wrong of ['', '123', `${token}/../x`, `${token}?a=b`, `${token}@example.org`, `x${token}`])
    expect([wrong, readTelegramAddress(wrong, '1')]).toEqual([wrong, null])
  for (const chat of ['', 'me', '@', '1 2', '@a b', '1&text=x'])
    expect([chat, readTelegramAddress(token, chat)]).toEqual([chat, null])
})

it('shows of an address what gives nothing away', () => {
  expect(hintOf({ service: 'DISCORD', id: ID, token: TOKEN })).toBe('…5678')
  const telegram = hintOf({ service: 'TELEGRAM', token: '123456789:AAsecret', chatId: '-100' })
  expect(telegram).toBe('123456789 → -100')
})

it('keeps Discord from reading signs as formatting', () => {
  expect(escapeFor('DISCORD', 'a_b *c* `d` |e| ~f~ \\g')).toBe('a\\_b \\*c\\* \\`d\\` \\|e\\| \\~f\\~ \\\\g')
  expect(escapeFor('TELEGRAM', 'a_b')).toBe('a_b')
})
