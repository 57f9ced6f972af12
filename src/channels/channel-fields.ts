import type { ChannelKind } from './channel';
import type { ChannelConnector } from './connector';
import type { CredentialField, SettingField } from './credentials';
import { CREDENTIAL_LABELS, SETTING_LABELS } from './field-labels';

export const PROXY_FIELD: CredentialField = {
  name: 'proxyUrl',
  required: false,
  help: {
    fa: 'پراکسی همهٔ تماس‌ها با شبکه، http://user:password@host:port یا socks5://…‎ . اگر خالی بماند تماس‌ها مستقیم‌اند.',
    en: 'Proxy for all calls to the network, http://user:password@host:port or socks5://…. Left empty, calls go out directly.',
  },
};

const BASE_FIELD: SettingField = {
  name: 'apiBaseUrl',
  type: 'text',
  help: {
    fa: 'برای سرور سازگار یا شبیه‌ساز. خالی بگذارید تا نشانی خود شبکه به کار رود.',
    en: 'For a compatible server or a simulator. Left empty, the network’s own address is used.',
  },
};

/** What an admin fills in for a channel of this kind, with what every kind has and what each is called. */
export function fieldsOf(connector: ChannelConnector, kind: ChannelKind) {
  const settings = connector.settingFields?.(kind) ?? [];
  const based = settings.some(({ name }) => name === BASE_FIELD.name) ? settings : [...settings, BASE_FIELD];
  return {
    credentialFields: [...connector.credentialFields(kind), PROXY_FIELD].map((field) => ({
      ...field,
      label: CREDENTIAL_LABELS[field.name],
    })),
    settingFields: based.map((field) => ({ ...field, label: SETTING_LABELS[field.name] })),
  };
}
