'use client'

import { useTranslations } from 'next-intl'
import { Select, TextInput } from '@/components/ui/field'
import { PERIODS, type Period, type PeriodName } from '@/lib/view/days'
import { ACCOUNT_KINDS, type StatisticsView } from '@/lib/view/statistics'

const LINK =
  'inline-flex h-9 items-center rounded border border-line-strong bg-raised px-2.5 text-xs whitespace-nowrap transition-colors hover:border-mute'

/** What the user chose; empty means what the server takes by itself. */
export interface Choice {
  broker: string
  quote: string
  period: PeriodName
  custom: Period
}

interface Props {
  view: StatisticsView
  choice: Choice
  choose: (change: Partial<Choice>) => void
  /** The query of the files. */
  search: string
}

/** Accounts, period and currency that are counted, and the ledger of the same as files. */
export function StatisticsFilters({ view, choice, choose, search }: Props) {
  const t = useTranslations('statistics')
  const kinds = ACCOUNT_KINDS.filter((kind) => view.accounts.some(({ isReal }) => isReal === (kind === 'real')))
  return (
    <div className="flex flex-wrap items-center gap-2" role="group" aria-label={t('filters')}>
      <Select
        className="max-w-60 max-sm:max-w-none"
        aria-label={t('broker')}
        data-testid="broker"
        value={view.broker}
        onChange={(event) => choose({ broker: event.target.value, quote: '' })}
      >
        {kinds.length === 0 ? <option value={view.broker}>{t('noAccount')}</option> : null}
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {t(`accounts.${kind}`)}
          </option>
        ))}
        {view.accounts.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        className="max-w-48 max-sm:max-w-[60%]"
        aria-label={t('period.label')}
        data-testid="period"
        value={choice.period}
        onChange={(event) => choose({ period: event.target.value as PeriodName })}
      >
        {PERIODS.map((name) => (
          <option key={name} value={name}>
            {t(`period.${name}`)}
          </option>
        ))}
      </Select>
      {choice.period === 'custom'
        ? (['from', 'to'] as const).map((end) => (
            <label key={end} className="flex items-center gap-1.5 text-xs text-mute">
              {t(`period.${end}`)}
              <TextInput
                type="date"
                className="w-36!"
                data-testid={`period-${end}`}
                value={choice.custom[end] ?? ''}
                {...(end === 'from' ? { max: choice.custom.to } : { min: choice.custom.from })}
                onChange={(event) => choose({ custom: { ...choice.custom, [end]: event.target.value || undefined } })}
              />
            </label>
          ))
        : null}
      <Select
        className="max-w-28"
        aria-label={t('quote')}
        title={t('quoteHint')}
        data-testid="quote"
        value={view.quote}
        onChange={(event) => choose({ quote: event.target.value })}
      >
        {view.quotes.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </Select>
      <span className="ml-auto flex flex-wrap gap-2 max-sm:ml-0">
        {(['round-trips', 'fills'] as const).map((file) => (
          <a
            key={file}
            className={LINK}
            title={t('exportHint')}
            data-testid={file}
            href={`/api/statistics/${file}.csv${search === '' ? '' : `?${search}`}`}
            download
          >
            {t(`export.${file}`)}
          </a>
        ))}
      </span>
    </div>
  )
}
