import type { Support } from '@/lib/domain/account/capabilities'

// The adapters say in English how an exchange does something, or why it does not; here is the French of it. Names of endpoints
// and parameters are the exchange's own and stay as they are.

const FRENCH: Record<string, string> = {
  'PUT /api/v3/order/amend/keepPriority: a smaller quantity only':
    'PUT /api/v3/order/amend/keepPriority : une quantité plus petite seulement',
  'POST /api/v3/order/cancelReplace, once partly executed in two calls: loses its place in the queue':
    'POST /api/v3/order/cancelReplace, en deux appels une fois exécuté en partie : perd sa place dans la file',
  'per symbol': 'par paire',
  'Binance spot has none.': 'Binance n’en a pas au comptant.',
  'a purchase spends an amount: a quantity is turned into one at the best ask':
    'un achat dépense un montant : une quantité y est convertie au meilleur prix vendeur',
  'deposits, withdrawals, transfers between own accounts; no rewards, no conversions':
    'dépôts, retraits, virements entre ses propres comptes ; ni récompenses ni conversions',
  'The test network has no wallet endpoints.': 'Le réseau de test n’a pas de portefeuille.',
  'spot: the holdings, valued at the last prices': 'au comptant : les avoirs, aux derniers prix',
  'Bitget spot has no trailing stop.': 'Bitget n’a pas de stop suiveur au comptant.',
  'Bitget spot has no order pairs.': 'Bitget n’a pas d’ordres liés au comptant.',
  'canceled at once when it would take': 'annulé aussitôt s’il devait prendre de la liquidité',
  'Bitget spot has none by API.': 'Bitget n’en propose pas par son API.',
  'In place only orders that wait for their trigger (modify-plan-order); others are replaced.':
    'Sur place seulement pour un ordre qui attend son seuil (modify-plan-order) ; les autres sont remplacés.',
  'cancel-replace-order would ask again for what is executed before its cancel: cancel, then place what is left.':
    'cancel-replace-order redemanderait ce qui est exécuté avant son annulation : annuler, puis placer ce qui reste.',
  'Classic accounts have none on spot.': 'Les comptes classiques n’en ont pas au comptant.',
  'demo trading: a demo key, the same address': 'trading démo : une clé démo, à la même adresse',
  'place-strategy-order, type trigger': 'place-strategy-order, type trigger',
  'Two calls: v3 has no replacement.': 'Deux appels : la v3 n’a pas de remplacement.',
  'POST /api/v1/stop-order: holds no funds until it triggers':
    'POST /api/v1/stop-order : ne bloque pas de fonds avant son seuil',
  "KuCoin's interface has no trailing stop for spot.": 'KuCoin n’a pas de stop suiveur au comptant par son API.',
  'POST /api/v3/oco/order: both legs are limit orders': 'POST /api/v3/oco/order : les deux sont des ordres limite',
  'KuCoin has no order that places another.': 'KuCoin n’a pas d’ordre qui en déclenche un autre.',
  'KuCoin has no order that places others.': 'KuCoin n’a pas d’ordre qui en déclenche d’autres.',
  'iceberg with visibleSize': 'iceberg avec visibleSize',
  'KuCoin changes no order in place but by canceling a part of it.':
    'KuCoin ne modifie pas d’ordre sur place, sauf en annuler une partie.',
  "KuCoin's own change of an order keeps the old client id, so that a lost answer could not be traced: cancel, then place.":
    'La modification de KuCoin garde l’ancien identifiant : une réponse perdue ne se retrouverait pas. Annuler, puis placer.',
  'per symbol, in three stores: orders, stop orders, OCO pairs':
    'par paire, dans trois listes : ordres, stops, paires OCO',
  'KuCoin has no sandbox.': 'KuCoin n’a pas de réseau de test.',
  'triggerPrice with triggerDirection': 'triggerPrice avec triggerDirection',
  'Unified accounts have no OCO for spot.': 'Les comptes unifiés n’ont pas d’OCO au comptant.',
  'Unified accounts have none.': 'Les comptes unifiés n’en ont pas.',
  'Unified accounts have no change of an order: cancel, then place.':
    'Les comptes unifiés ne modifient pas d’ordre : annuler, puis placer.',
  'per symbol, orders and trigger orders': 'par paire, ordres et ordres à seuil',
  'channels orderAll and balance': 'canaux orderAll et balance',
  'STOP_LOSS with trailingDelta': 'STOP_LOSS avec trailingDelta',
  'WebSocket API, userDataStream.subscribe.signature': 'API WebSocket, userDataStream.subscribe.signature',
}

/** What stands beside a capability: how it is done, or why it is not. */
export function capabilityText(support: Support, locale: string): string {
  const text = support.level === 'NATIVE' ? (support.note ?? '') : support.reason
  return locale === 'fr' ? (FRENCH[text] ?? text) : text
}

/** Whether a sentence of an adapter has its French, or needs none: a bare name has no spaces. */
export const isKnownInFrench = (text: string): boolean =>
  text in FRENCH || !/\s/.test(text.replace(/^(GET|POST|PUT|DELETE) /, ''))
