import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChannelKind } from '../../src/channels/channel';
import { Connectors } from '../../src/channels/connectors/registry';
import { NETWORKS, RECORDINGS } from '../replay/samples';
import { Answering, ask, type Asked } from './answering';
import { tablesOf } from './table';

const tables = new Map(
  tablesOf(readFileSync(join(__dirname, 'samples.md'), 'utf8')).map(({ heading, rows }) => [heading, rows]),
);
const rows = tables.get('answers')!;
const ACCOUNTS: Partial<Record<ChannelKind, string>> = { telegram: '7011223344', x: '1777700011112222333' };

const folders = (network: string) => [
  join(RECORDINGS[0]!, network, '__fixtures__'),
  join(__dirname, 'answers', network),
];
const bodyOf = (sample: string) => {
  const [network = '', name = ''] = sample.split('/');
  const file = folders(network)
    .map((folder) => join(folder, `${name}.json`))
    .find((path) => existsSync(path))!;
  return readFileSync(file, 'utf8');
};

/** The post that a reply answers, as X tells it when it is read. */
const { payload, includes } = (
  JSON.parse(bodyOf('x/xaa_post_mention_create')) as { data: { payload: unknown; includes: unknown } }
).data;
const MENTION = JSON.stringify({ data: payload, includes });

let answering: Answering;
beforeAll(async () => {
  answering = await Answering.start();
});
afterAll(() => answering.stop());

it.each(rows.map((row) => [`${row['sample']} as the answer to ${row['asked']}`, row] as const))(
  '%s',
  async (_, row) => {
    const kind = row['of'] as ChannelKind;
    const looksFirst = kind === 'x' && (row['asked'] === 'comment' || row['asked'] === 'dm');
    answering.gives(Number(row['HTTP']), bodyOf(row['sample']!), looksFirst ? MENTION : undefined);
    const account = ACCOUNTS[kind] ?? '104857213906412';
    const reading = await ask(new Connectors().of(kind), {
      kind,
      asked: row['asked'] as Asked,
      account,
      apiBaseUrl: answering.url,
    });
    expect(reading).toBe(row['reading']);
  },
);

it.each<[ChannelKind, Asked]>([
  ['facebook', 'dm'],
  ['instagram', 'comment'],
  ['whatsapp', 'dm'],
  ['telegram', 'dm'],
  ['bale', 'dm'],
  ['x', 'dm'],
  ['x', 'comment'],
  ['rubika', 'dm'],
  ['eitaa', 'dm'],
  ['youtube', 'comment'],
])('%s, when no connection is made (%s), lets all of the channel wait', async (kind, asked) => {
  const asks = { kind, asked, account: ACCOUNTS[kind] ?? '104857213906412', apiBaseUrl: 'http://127.0.0.1:2' };
  expect(await ask(new Connectors().of(kind), asks)).toBe('retry unreachable channel');
});

it('has a row for every recorded answer', () => {
  const told = new Set(rows.map(({ sample }) => sample));
  const recorded = NETWORKS.flatMap((network) =>
    folders(network).flatMap((folder) =>
      existsSync(folder) ? readdirSync(folder).map((name) => `${network}/${name.replace('.json', '')}`) : [],
    ),
  );
  const answers = recorded.filter((sample) => /\/(error|response|partial)_/.test(sample));
  expect(answers.filter((sample) => !told.has(sample) && !sample.endsWith('/response_crc'))).toEqual([]);
});
