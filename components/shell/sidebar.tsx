'use client'

import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { signOut } from 'next-auth/react'
import { useTranslations } from 'next-intl'
import {
  AccountIcon,
  BotIcon,
  HeartbeatIcon,
  QueuesIcon,
  SignOutIcon,
  StatisticsIcon,
  WebhookIcon,
} from '@/components/shell/icons'
import { QUEUES_PATH } from '@/lib/view/queue-dashboard'

const PAGES = [
  { href: '/heartbeat', key: 'heartbeat', Icon: HeartbeatIcon },
  { href: '/bots', key: 'bots', Icon: BotIcon },
  { href: '/webhooks', key: 'webhooks', Icon: WebhookIcon },
  { href: '/statistics', key: 'statistics', Icon: StatisticsIcon },
  { href: '/account', key: 'account', Icon: AccountIcon },
] as const

/** The menu bar: « Déconnexion » at its top left, then the pages. On a phone it lies along the bottom. */
export function Sidebar({ userName }: { userName: string }) {
  const t = useTranslations('shell')
  const path = usePathname()
  return (
    <nav
      aria-label={t('menu')}
      className="fixed inset-x-0 bottom-0 z-20 flex border-t border-line bg-panel md:inset-x-auto md:top-12 md:left-0 md:w-48 md:flex-col md:border-t-0 md:border-r"
    >
      <div className="flex shrink-0 items-center border-line md:border-b md:p-2">
        <button
          type="button"
          data-testid="sign-out"
          title={t('signedInAs', { name: userName })}
          onClick={() => void signOut({ callbackUrl: '/login' })}
          className="flex h-12 w-full min-w-0 items-center gap-2.5 rounded px-3 text-[13px] text-soft transition-colors hover:bg-raised hover:text-ink md:h-10"
        >
          <SignOutIcon />
          <span className="flex min-w-0 flex-col items-start leading-tight">
            <span className="max-md:sr-only">{t('signOut')}</span>
            <span className="max-w-full truncate text-[11px] text-mute max-md:hidden">{userName}</span>
          </span>
        </button>
      </div>
      <ul className="flex min-w-0 flex-1 justify-around md:flex-col md:justify-start md:gap-0.5 md:p-2">
        {PAGES.map(({ href, key, Icon }) => {
          const isCurrent = path === href || path.startsWith(`${href}/`)
          return (
            <li key={href} className="min-w-0 max-md:flex-1">
              <Link
                href={href}
                aria-current={isCurrent ? 'page' : undefined}
                className="flex h-12 items-center gap-2.5 rounded px-3 text-[13px] text-soft transition-colors hover:bg-raised hover:text-ink aria-[current=page]:bg-accent/10 aria-[current=page]:font-semibold aria-[current=page]:text-accent max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:px-0.5 max-md:text-[10px] md:h-9"
              >
                <Icon />
                <span className="max-w-full truncate">{t(`page.${key}`)}</span>
              </Link>
            </li>
          )
        })}
      </ul>
      {/* A page of its own, with scripts of its own: entered by a whole load, not by the router. */}
      <div className="border-line max-md:hidden md:border-t md:p-2">
        <a
          href={QUEUES_PATH}
          data-testid="queues"
          title={t('queuesHint')}
          className="flex h-9 items-center gap-2.5 rounded px-3 text-[13px] text-soft transition-colors hover:bg-raised hover:text-ink"
        >
          <QueuesIcon />
          {t('queues')}
        </a>
      </div>
    </nav>
  )
}
