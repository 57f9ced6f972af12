import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ParseContext } from '../../src/channels/door';
import { Connectors } from '../../src/channels/connectors/registry';
import { readSamples, RECORDINGS } from '../replay/samples';
import { NETWORKS, type Network } from '../replay/samples';
import { type Names, NOTHING, tell, type Told } from './tell';
import { tablesOf } from './table';

const connectors = new Connectors();
const tables = new Map(
  tablesOf(readFileSync(join(__dirname, 'samples.md'), 'utf8')).map(({ heading, rows }) => [heading, rows]),
);
const names: Names = new Map(tables.get('names')!.map(({ id = '', name = '' }) => [id, name]));
const idOf = (wanted: string) => [...names].find(([, name]) => name === wanted)![0];
const { samples: deliveries, leftOut } = readSamples(RECORDINGS);

/** Whose account a body is read for, where its address says so. */
const CONTEXTS: Partial<Record<Network, ParseContext>> = {
  meta: { filedUnder: { externalId: idOf('IG'), settings: { username: 'sib_sorkh' } } },
  telegram: { channel: { kind: 'telegram', externalId: idOf('BOT'), settings: {} } },
  x: { channel: { kind: 'x', externalId: idOf('US'), settings: {} } },
};
const KINDS = { meta: 'facebook', whatsapp: 'whatsapp', telegram: 'telegram', x: 'x' } as const;
const COLUMNS: readonly (keyof Told)[] = Object.keys(NOTHING) as (keyof Told)[];

const nameOf = (file: string) => basename(file).replace(/(\.wire)?\.(json|txt)$/, '');
const networkOf = (file: string) => NETWORKS.find((network) => file.includes(`/${network}/`))!;

async function readingOf(network: Network, bytes: Buffer): Promise<Told[]> {
  const body = JSON.parse(bytes.toString('utf8')) as unknown;
  const events = await connectors.of(KINDS[network]).parse(body, CONTEXTS[network] ?? {});
  return events.length > 0 ? events.map((event) => tell(event, names)) : [NOTHING];
}

/** A row as lines, so that a difference names the cell. */
const lines = (told: object): string[] => {
  const cells = told as Record<string, string>;
  return COLUMNS.map((column) => `${column}: ${cells[column] ?? ''}`);
};

describe.each(NETWORKS)('%s', (network) => {
  const rows = tables.get(network)!;
  const pages = leftOut
    .filter((file) => networkOf(file) === network)
    .map((file) => ({ file, bytes: readFileSync(file) }));
  const recorded = [...deliveries.filter((sample) => sample.network === network), ...pages];
  const expected = [...new Set(rows.map(({ sample }) => sample!))];

  it('has a row for every delivery, and a delivery for every row', () => {
    const delivered = deliveries.filter((sample) => sample.network === network).map(({ file }) => nameOf(file));
    expect(expected.filter((sample) => !recorded.some(({ file }) => nameOf(file) === sample))).toEqual([]);
    expect([...new Set(delivered)].filter((sample) => !expected.includes(sample))).toEqual([]);
  });

  it.each(expected)('%s', async (sample) => {
    const wanted = rows.filter((row) => row['sample'] === sample).map(lines);
    for (const { file, bytes } of recorded.filter((one) => nameOf(one.file) === sample))
      expect({ [basename(file)]: (await readingOf(network, bytes)).map(lines) }).toEqual({ [basename(file)]: wanted });
  });

  it('gives no two events of different content one key', async () => {
    const told = (await Promise.all(recorded.map(({ bytes }) => readingOf(network, bytes)))).flat();
    const byKey = new Map<string, Set<string>>();
    for (const { key, kind, changes } of told) {
      const what = `${kind} ${/^\w+ \S+/.exec(changes)?.[0] ?? ''}`;
      byKey.set(key, (byKey.get(key) ?? new Set()).add(what));
    }
    expect([...byKey].filter(([, whats]) => whats.size > 1)).toEqual([]);
  });
});
