// Type-aware lint, strict everywhere; the few bans below carry the trading-specific rules.
import tseslint from 'typescript-eslint'

const noEnv = { object: 'process', property: 'env', message: 'Read settings from lib/platform/env.' }
const noFloat = {
  selector:
    "CallExpression[callee.name=/^(Number|parseFloat|parseInt)$/], CallExpression[callee.object.name='Number'][callee.property.name=/^parse/]",
  message: 'Amounts are exact: parse them with parseDecimal() from lib/domain/money.',
}

export default tseslint.config(
  {
    ignores: ['node_modules', '.next', 'dist', '.data', '**/*.cjs', '**/*.mjs', 'next-env.d.ts', 'lib/db/generated'],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: false, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-properties': ['error', noEnv],
    },
  },
  // Money is Decimal: no float parsing where prices, quantities and fees are handled.
  {
    files: ['lib/domain/**', 'lib/exchanges/**', 'lib/use-cases/**', 'lib/db/**'],
    rules: { 'no-restricted-syntax': ['error', noFloat] },
  },
  // The domain is deterministic: time, randomness and I/O come in as arguments.
  {
    files: ['lib/domain/**', 'lib/backtest/**'],
    rules: {
      'no-restricted-globals': ['error', 'fetch', 'setTimeout', 'setInterval'],
      'no-restricted-properties': [
        'error',
        noEnv,
        { object: 'Date', property: 'now' },
        { object: 'Math', property: 'random' },
      ],
      'no-restricted-syntax': [
        'error',
        noFloat,
        {
          selector: "NewExpression[callee.name='Date'][arguments.length=0]",
          message: 'Take the clock as an argument.',
        },
      ],
    },
  },
  // The environment is read in one place; the launcher and the tests set it. Command-line programs print.
  {
    files: [
      'lib/platform/env.ts',
      'instrumentation.ts', // the framework tells there which runtime asks
      'daemons/supervisor/**',
      'scripts/**',
      'tests/**',
      'bench/**',
      '**/*.config.ts',
      '**/*.test.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['scripts/**', 'bench/**', 'daemons/supervisor/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.test.ts', 'tests/**'],
    rules: {
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
)
