import type { AlertService } from '@/lib/domain/alert/alert'
import { z } from 'zod'

// Where alerts go. Of what the user enters only the parts that name the channel are kept; the host is always the service's
// own (or a stand-in of the settings), so that nothing a user enters can send this machine anywhere else.

const snowflake = z.string().regex(/^\d{15,22}$/)

/** Kept sealed: with it anyone can write into the channel. */
export const channelAddress = z.discriminatedUnion('service', [
  z.object({
    service: z.literal('DISCORD'),
    id: snowflake,
    token: z.string().regex(/^[A-Za-z0-9_-]{30,128}$/),
    /** A thread of the webhook's channel. */
    threadId: snowflake.optional(),
  }),
  z.object({
    service: z.literal('TELEGRAM'),
    token: z.string().regex(/^\d{5,16}:[A-Za-z0-9_-]{30,64}$/),
    /** A number (groups have a negative one), or the public name of a channel. */
    chatId: z.string().regex(/^(-?\d{1,20}|@[A-Za-z]\w{3,63})$/),
  }),
])
export type ChannelAddress = z.infer<typeof channelAddress>

/** Hosts under which Discord itself gives out webhook addresses. */
const DISCORD_HOSTS = new Set(['discord.com', 'ptb.discord.com', 'canary.discord.com', 'discordapp.com'])
const DISCORD_PATH = /^\/api(?:\/v\d{1,2})?\/webhooks\/([^/]+)\/([^/]+)\/?$/

/** Reads a webhook address of Discord; null when it is none. */
export function readDiscordAddress(text: string): ChannelAddress | null {
  const url = URL.parse(text.trim())
  if (url?.protocol !== 'https:' || !DISCORD_HOSTS.has(url.hostname)) return null
  if (url.port !== '' || url.username !== '' || url.password !== '') return null
  const [, id, token] = DISCORD_PATH.exec(url.pathname) ?? []
  const threadId = url.searchParams.get('thread_id') ?? undefined
  const read = channelAddress.safeParse({
    service: 'DISCORD',
    id,
    token,
    ...(threadId === undefined ? {} : { threadId }),
  })
  return read.success ? read.data : null
}

/** Reads a bot's token and the number or name of a chat; null when they cannot be that. */
export function readTelegramAddress(token: string, chatId: string): ChannelAddress | null {
  const read = channelAddress.safeParse({ service: 'TELEGRAM', token: token.trim(), chatId: chatId.trim() })
  return read.success ? read.data : null
}

/** What may be shown of an address: enough to tell it from another, too little to use it. */
export const hintOf = (address: ChannelAddress): string =>
  address.service === 'DISCORD'
    ? `…${address.id.slice(-4)}`
    : `${address.token.split(':')[0] ?? ''} → ${address.chatId}`

/** Discord reads signs as formatting: `BTC_USDT` would lose its underscore. Telegram takes a text as it is. */
export const escapeFor = (service: AlertService, text: string): string =>
  service === 'DISCORD' ? text.replace(/[\\*_~`|]/g, (sign) => `\\${sign}`) : text

/** The longest text that a service takes in one message, in UTF-16 code units. */
export const LONGEST_TEXT: Record<AlertService, number> = { DISCORD: 2000, TELEGRAM: 4096 }
