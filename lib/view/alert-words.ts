import type { AlertService, BrokenCode } from '@/lib/domain/alert/alert'
import type { ErrorCode } from '@/lib/domain/errors/trading-error'

// What alerts are told in. They leave the house as plain text, so they have their words here and not with the pages.

export interface AlertWords {
  side: Record<'BUY' | 'SELL', string>
  /** What an order is for, where that says more than its side. */
  purpose: Partial<Record<string, string>>
  source: Partial<Record<string, string>>
  service: Record<AlertService, string>
  errorCode: Record<ErrorCode, string>
  brokenCode: Record<BrokenCode, string>
  market: Partial<Record<string, string>>
  colon: string
  number: string
  account: string
  at: string
  partial: string
  pnl: string
  done: Record<'BUY' | 'SELL', string>
  failed: string
  unprotected: string
  webhook: { failed: string; late: string; unreadable: string; missed: string; silent: string; flood: string }
  due: string
  strategy: string
  balance: string
  broker: { away: string; back: string }
  process: Record<'DOWN' | 'UP' | 'RESTARTED', string>
  during: string
  marketTrouble: string
  notifier: Record<'BROKEN' | 'STUCK', string>
  more: (count: number) => string
  alerts: (count: number) => string
  expired: (count: number) => string
  again: string
  trial: string
}

export const ALERT_WORDS: Record<'fr' | 'en', AlertWords> = {
  fr: {
    side: { BUY: 'achat', SELL: 'vente' },
    purpose: { STOP_LOSS: 'stop', TAKE_PROFIT: 'objectif' },
    source: { MANUAL: 'manuel', STRATEGY: 'stratégie', WEBHOOK: 'webhook', EXTERNAL: 'passé ailleurs' },
    service: { DISCORD: 'Discord', TELEGRAM: 'Telegram' },
    errorCode: {
      AUTHENTICATION: 'l’exchange refuse la clé',
      PERMISSION: 'la clé n’a pas le droit nécessaire',
      INSUFFICIENT_FUNDS: 'les fonds ne suffisent pas',
      INVALID_ORDER: 'l’ordre enfreint une règle du marché',
      UNKNOWN_ORDER: 'l’exchange ne connaît pas cet ordre',
      DUPLICATE_ORDER: 'un ordre porte déjà cet identifiant',
      RATE_LIMITED: 'l’exchange reçoit trop de demandes',
      CLOCK_SKEW: 'l’horloge de la machine s’écarte de celle de l’exchange',
      EXCHANGE_UNAVAILABLE: 'l’exchange ne répond pas',
      UNKNOWN_OUTCOME: 'l’exchange n’a pas répondu à temps',
      NOT_SUPPORTED: 'l’exchange n’a pas cet ordre',
      BAD_REQUEST: 'l’exchange a refusé la demande',
    },
    brokenCode: {
      UNAUTHORIZED: 'jeton refusé',
      FORBIDDEN: 'écriture interdite',
      NOT_FOUND: 'adresse inconnue',
      REFUSED: 'message refusé',
      UNSEALABLE: 'adresse illisible avec la clé secrète actuelle',
    },
    market: {
      HEARTBEAT_INCOHERENT: 'bougies non cohérentes',
      HEARTBEAT_BACKLOG_FULL: 'signaux perdus, la base de données ne suit pas',
    },
    colon: '\u00a0: ',
    number: 'n°\u00a0',
    account: 'compte n°\u00a0',
    at: 'à',
    partial: 'en partie',
    pnl: 'résultat',
    done: { BUY: 'Acheté', SELL: 'Vendu' },
    failed: 'Ordre refusé',
    unprotected: 'POSITION SANS PROTECTION',
    webhook: {
      failed: 'Webhook sans ordre',
      late: 'Webhook venu trop tard',
      unreadable: 'Webhook illisible',
      missed: 'Webhook non venu',
      silent: 'Source muette',
      flood: 'Webhooks trop nombreux\u00a0: une partie est refusée (429)',
    },
    due: 'attendu à',
    strategy: 'Stratégie en erreur',
    balance: 'Écart de solde inexpliqué',
    broker: { away: 'Exchange illisible', back: 'Exchange de nouveau lisible' },
    process: { DOWN: 'Processus arrêté', UP: 'Processus de nouveau en marche', RESTARTED: 'Processus mort et relancé' },
    during: 'pendant',
    marketTrouble: 'Flux du marché',
    notifier: { BROKEN: 'Canal d’alertes coupé', STUCK: 'Alertes non remises depuis longtemps' },
    more: (count) => `… et ${count} ${count === 1 ? 'autre' : 'autres'}`,
    alerts: (count) => `${count} ${count === 1 ? 'alerte' : 'alertes'}`,
    expired: (count) =>
      count === 1
        ? '1 alerte trop ancienne n’a pas été envoyée'
        : `${count} alertes trop anciennes n’ont pas été envoyées`,
    again: 'peut-être déjà reçu',
    trial: 'Essai des alertes\u00a0: ce canal fonctionne.',
  },
  en: {
    side: { BUY: 'buy', SELL: 'sell' },
    purpose: { STOP_LOSS: 'stop', TAKE_PROFIT: 'target' },
    source: { MANUAL: 'manual', STRATEGY: 'strategy', WEBHOOK: 'webhook', EXTERNAL: 'placed elsewhere' },
    service: { DISCORD: 'Discord', TELEGRAM: 'Telegram' },
    errorCode: {
      AUTHENTICATION: 'the exchange refuses the key',
      PERMISSION: 'the key lacks the permission',
      INSUFFICIENT_FUNDS: 'the funds do not suffice',
      INVALID_ORDER: 'the order breaks a rule of the market',
      UNKNOWN_ORDER: 'the exchange does not know this order',
      DUPLICATE_ORDER: 'an order has this id already',
      RATE_LIMITED: 'the exchange gets too many requests',
      CLOCK_SKEW: 'this machine’s clock differs from the exchange’s',
      EXCHANGE_UNAVAILABLE: 'the exchange does not answer',
      UNKNOWN_OUTCOME: 'the exchange did not answer in time',
      NOT_SUPPORTED: 'the exchange has no such order',
      BAD_REQUEST: 'the exchange refused the request',
    },
    brokenCode: {
      UNAUTHORIZED: 'token refused',
      FORBIDDEN: 'writing forbidden',
      NOT_FOUND: 'address unknown',
      REFUSED: 'message refused',
      UNSEALABLE: 'address cannot be read with the present secret key',
    },
    market: {
      HEARTBEAT_INCOHERENT: 'candles not coherent',
      HEARTBEAT_BACKLOG_FULL: 'signals lost, the database does not keep up',
    },
    colon: ': ',
    number: 'no. ',
    account: 'account no. ',
    at: 'at',
    partial: 'in part',
    pnl: 'result',
    done: { BUY: 'Bought', SELL: 'Sold' },
    failed: 'Order refused',
    unprotected: 'POSITION UNPROTECTED',
    webhook: {
      failed: 'Webhook without order',
      late: 'Webhook came too late',
      unreadable: 'Webhook cannot be read',
      missed: 'Webhook did not come',
      silent: 'Source gone silent',
      flood: 'Too many webhooks: some are refused (429)',
    },
    due: 'due at',
    strategy: 'Strategy failed',
    balance: 'Unexplained difference of balance',
    broker: { away: 'Exchange cannot be read', back: 'Exchange can be read again' },
    process: { DOWN: 'Process down', UP: 'Process up again', RESTARTED: 'Process died and was restarted' },
    during: 'after',
    marketTrouble: 'Market stream',
    notifier: { BROKEN: 'Alert channel cut', STUCK: 'Alerts not delivered for long' },
    more: (count) => `… and ${count} ${count === 1 ? 'other' : 'others'}`,
    alerts: (count) => `${count} ${count === 1 ? 'alert' : 'alerts'}`,
    expired: (count) => (count === 1 ? '1 alert was too old to be sent' : `${count} alerts were too old to be sent`),
    again: 'may have arrived already',
    trial: 'Trial of alerts: this channel works.',
  },
}
