import type { ConnectedChannel, Credentials } from '../../channel';
import type { OutboundTemplate } from '../../sending';
import type { GraphClient } from './whatsapp.client';
import { listTemplates, type MessageTemplate } from './templates';

const KEPT_MS = 10 * 60_000; // templates change by review, which takes hours; management calls are few in an hour
const MOST_KEPT = 500;

/**
 * Texts behind the templates used lately. A hint only: what is not here is asked for again, and what cannot be asked for
 * is sent by position.
 */
export class TemplateShelf {
  private readonly kept = new Map<string, { until: number; template: MessageTemplate }>();

  constructor(private readonly now: () => number) {}

  async find(
    channel: ConnectedChannel,
    credentials: Credentials,
    { name, language }: OutboundTemplate,
    client: GraphClient,
  ): Promise<MessageTemplate | undefined> {
    const key = `${channel.id}\n${name}\n${language}`;
    const known = this.kept.get(key);
    if (known && known.until > this.now()) return known.template;
    const found = await listTemplates(channel, credentials, name, client);
    const template =
      found.status === 'found'
        ? found.templates.find((one) => one.name === name && one.language === language)
        : undefined;
    this.kept.delete(key);
    if (!template) return undefined;
    if (this.kept.size >= MOST_KEPT) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(key, { until: this.now() + KEPT_MS, template });
    return template;
  }
}
