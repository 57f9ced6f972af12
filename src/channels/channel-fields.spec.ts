import { CHANNEL_KINDS } from './channel';
import { fieldsOf } from './channel-fields';
import { Connectors } from './connectors/registry';

const connectors = new Connectors();
const all = CHANNEL_KINDS.flatMap((kind) => {
  const { credentialFields, settingFields } = fieldsOf(connectors.of(kind), kind);
  return [...credentialFields, ...settingFields].map((field) => ({ kind, ...field }));
});

it.each(all.map((field) => [`${field.kind} ${field.name}`, field] as const))('%s in both languages', (_, field) => {
  for (const { fa, en } of [field.label, field.help]) {
    expect(fa).toMatch(/[\u0600-\u06FF]{2}/);
    expect(en).toMatch(/[a-z]{2}/i);
    expect(en).not.toMatch(/[\u0600-\u06FF]/);
  }
});

it.each(CHANNEL_KINDS)('%s has a proxy and an address to be reached at, once', (kind) => {
  const { credentialFields, settingFields } = fieldsOf(connectors.of(kind), kind);
  expect(credentialFields.filter(({ name }) => name === 'proxyUrl')).toHaveLength(1);
  expect(settingFields.filter(({ name }) => name === 'apiBaseUrl')).toHaveLength(1);
  for (const fields of [credentialFields, settingFields])
    expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
});
