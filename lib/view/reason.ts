// Engine and gateway keep their reasons in English, as the log shows them. These are told in the user's language.
const REASONS = [
  ['notActivated', /^The exchange is not activated for webhooks\.$/],
  ['accountNotActivated', /^The exchange account (?<name>.+) is not activated for webhooks\.$/],
  ['severalAccounts', /^Several exchange accounts take webhooks/],
  ['otherUser', /^UserID (?<name>.+) is not the user of this address\.$/],
  ['otherAccount', /^UserExchangeID (?<name>.+) is not one of your exchange accounts\.$/],
  ['sizeMissing', /^PourCent is missing/],
  ['priceMissing', /^Prix is missing/],
  ['exitsMissing', /^PrixSL and PrixTP are missing/],
  ['notListed', /^The exchange does not list (?<name>.*)\.$/],
  ['noFunds', /^There is no free (?<name>\S+) on the account\.$/],
  ['fundsHeld', /^There is no free (?<name>\S+) on the account: the stop and target of the position hold it\.$/],
  ['noPosition', /^There is no open position whose stop and target could be changed\.$/],
  ['stopAbove', /^PrixSL (?<name>\S+) lies above the price, (?<price>\S+): left as it was\.$/],
  ['targetBelow', /^PrixTP (?<name>\S+) lies below the price, (?<price>\S+): left as it was\.$/],
  ['closedBefore', /^The position was closed before its stop and target could be changed\.$/],
  ['closedUnsold', /^The position was closed before it could be sold\.$/],
  ['saleRefused', /^The sale was refused, stop and target stand again\.(?: (?<name>.*))?$/],
  ['saleTooLate', /^Stop and target could not be canceled in time for the sale: they stand again\.$/],
  ['overtaken', /^A later alert took its place before it was carried out\.$/],
  ['unprotected', /^The position has no stop and no target now\. (?<name>.*)$/],
  ['restored', /^The new stop and target were refused, those of before stand again\. (?<name>.*)$/],
  ['symbolMissing', /^Symbol is missing or cannot be told apart/],
  ['actionUnknown', /^The action (?<name>.+) is not known\.$/],
  ['actionMissing', /^Action is missing\.$/],
  ['tooOld', /^It waited (?<name>\d+) s, longer than its delay allows\.$/],
  ['duplicate', /^The same alert was delivered before\.$/],
  ['neverCame', /^No alert came at its time\.$/],
  ['cameLate', /^It came (?<name>\d+) s after its time\.$/],
  ['placeholder', /^(?<price>\S+) holds (?<name>.+), a placeholder that TradingView did not replace\.$/],
  ['readEmpty', /^The message cannot be read: the body is empty\.$/],
  ['readBrace', /^The message cannot be read: expected \{ at character (?<price>\d+)\.$/],
  ['readColon', /^The message cannot be read: expected : at character (?<price>\d+)\.$/],
  ['readEnd', /^The message cannot be read: expected , or \} at character (?<price>\d+)\.$/],
  ['readTooMany', /^The message cannot be read: more than (?<name>\d+) fields at character (?<price>\d+)\.$/],
  ['readTwice', /^The message cannot be read: (?<name>.+) stands there twice at character (?<price>\d+)\.$/],
  ['readAfter', /^The message cannot be read: text after the message at character (?<price>\d+)\.$/],
  ['readNested', /^The message cannot be read: nested values are not understood at character (?<price>\d+)\.$/],
  ['readOpenPlaceholder', /^The message cannot be read: a placeholder without its end at character (?<price>\d+)\.$/],
  ['readNoName', /^The message cannot be read: a field without a name at character (?<price>\d+)\.$/],
  ['readOpenQuote', /^The message cannot be read: a text without its closing quote at character (?<price>\d+)\.$/],
  ['readEscape', /^The message cannot be read: a wrong \\u escape at character (?<price>\d+)\.$/],
  ['notNumber', /^(?<name>\w+) is not a number: (?<price>.*)$/],
  ['notTime', /^(?<name>\w+) is not a time: (?<price>.*)$/],
  ['notPositive', /^(?<name>\w+) must be above zero, it is (?<price>\S+)\.$/],
  ['percentRange', /^PourCent must lie between 0 and 100, it is (?<price>\S+)\.$/],
  ['notBroker', /^UserExchangeID is not a broker's number: (?<name>.*)$/],
  ['tooSmall', /^(?<name>\S+): the smallest quantity is (?<price>\S+)\.$/],
  ['tooLarge', /^(?<name>\S+): the largest quantity is (?<price>\S+)\.$/],
  ['notWorth', /^(?<name>\S+): an order must be worth at least (?<price>\S+ [A-Z0-9]+)(;.*)?\.$/],
  ['notTrading', /^(?<name>\S+) is not trading at the exchange\.$/],
  ['refused', /^(?<name>Binance|Bitget|KuCoin) refused: (?<price>.*)$/],
  ['unreachable', /^(?<name>Binance|Bitget|KuCoin) cannot be reached\./],
  ['pause', /^(?<name>Binance|Bitget|KuCoin) asks for a pause \(HTTP (?<price>\d+)\)\.$/],
  ['pauseLeft', /^The exchange asked for a pause; next try in (?<name>\d+) s\.$/],
  ['limitUsedUp', /^The limit (?<name>.+) is used up; next try in (?<price>\d+) s\.$/],
  [
    'neverArrived',
    /^The order never reached the exchange: it is unknown there after the time in which it could have arrived\.$/,
  ],
  [
    'neitherOpen',
    /^The order never reached the exchange: .* The order that it was to replace is canceled: neither is open\.$/,
  ],
  [
    'executedWhole',
    /^(?<name>\S+): the old order was executed whole before it could be replaced; nothing was placed\.$/,
  ],
  ['nothingLeft', /^(?<name>\S+): (?<price>\S+ \S+) of the old order are executed; nothing is left to place\.$/],
  [
    'tooLittleLeft',
    /^(?<name>\S+): \S+ \S+ of the old order are executed; what is left, (?<price>\S+ \S+), is too little to place\./,
  ],
  ['amountUnchanged', /^An order given as an amount to spend is not changed\.$/],
  ['alreadyExecuted', /^As much as was asked for has been executed already\.$/],
  ['nothingSent', /^Nothing was sent: (?<name>.*)$/],
  ['notConfirmed', /^The new order was not confirmed\.$/],
  ['notOpen', /^(?<name>Bitget|KuCoin) has no such open order\.$/],
  ['triggerReached', /^(?<name>\S+): the trigger price is already reached\.$/],
  [
    'unusableAnswer',
    /^(?<name>Binance|Bitget|KuCoin) gave no usable answer to \S+ \S+: (?<price>HTTP \d+|.*?)(?: with.*)?\.$/,
  ],
  ['gatewaySilent', /^the gateway did not answer \S+ in \d+ ms$/],
  ['switchedOff', /^The broker (?<name>.+) is switched off\.$/],
  ['undecided', /^The strategy did not decide within (?<name>\d+) ms and was ended\.$/],
  ['outOfMemory', /^The strategy (?:used too much memory and was ended|ended its process: .*)\.$/],
  ['lateAnswer', /^no answer in time$/],
  ['noAnswer', /^no answer$/],
  ['chatMoved', /^the chat has moved$/],
  ['timeOver', /^The time in which the order could be sent was over\.$/],
  ['withdrawn', /^Withdrawn before it was sent\.$/],
  ['rejected', /^rejected by the exchange$/],
] as const

export type ReasonKey = (typeof REASONS)[number][0]

/** What these name is a reason itself. */
const NAMING_A_REASON: readonly ReasonKey[] = ['restored', 'unprotected', 'nothingSent', 'saleRefused']
export const namesReason = (key: ReasonKey): boolean => NAMING_A_REASON.includes(key)

/** The message that says this reason, with what it names; null for one in free words, which is shown as it is. */
export function knownReason(reason: string): { key: ReasonKey; name: string; price: string } | null {
  for (const [key, pattern] of REASONS) {
    const match = pattern.exec(reason)
    if (match !== null) return { key, name: match.groups?.['name'] ?? '', price: match.groups?.['price'] ?? '' }
  }
  return null
}
